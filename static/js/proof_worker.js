// Tries numbers until salt and number have the hash that is looked for, away from the page's own thread.
// SHA-256 (FIPS 180-4) is written out: the browser's own answers each call so late that it tries fewer.
const PRIMES = [];
for (let number = 2; PRIMES.length < 64; number++) {
  if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);
}
const fraction = (root) => (root % 1) * 2 ** 32;
const CONSTANTS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const words = new Int32Array(64);

// The state after one block of 64 bytes, written over the state before it.
function compress(state, bytes, from) {
  for (let i = 0; i < 16; i++, from += 4) {
    words[i] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
  }
  for (let i = 16; i < 64; i++) {
    const x = words[i - 15];
    const y = words[i - 2];
    const small = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const large = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[i] = (words[i - 16] + small + words[i - 7] + large) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i++) {
    const large = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const first = (h + large + ((e & f) ^ (~e & g)) + CONSTANTS[i] + words[i]) | 0;
    const small = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const second = (small + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

// The number whose hash, after the salt, is the challenge; undefined when there is none up to the last.
function solve({ salt, challenge, maxnumber }) {
  const start = new TextEncoder().encode(salt);
  const wanted = Int32Array.from(challenge.match(/.{8}/g), (word) => parseInt(word, 16));
  const whole = start.length - (start.length % 64);
  const before = START.slice();
  for (let from = 0; from < whole; from += 64) compress(before, start, from);
  const rest = start.subarray(whole);
  const state = new Int32Array(8);
  let blocks, digits = "";
  for (let number = 0; number <= maxnumber; number++) {
    const next = String(number);
    if (next.length !== digits.length) blocks = padded(rest, next.length, whole);
    digits = next;
    for (let i = 0; i < digits.length; i++) blocks[rest.length + i] = digits.charCodeAt(i);
    state.set(before);
    for (let from = 0; from < blocks.length; from += 64) compress(state, blocks, from);
    if (state[0] === wanted[0] && state.every((word, i) => word === wanted[i])) return number;
  }
}

// The last blocks with room for so many digits, and with the end that the algorithm puts after them.
function padded(rest, digits, whole) {
  const length = rest.length + digits;
  const blocks = new Uint8Array(length < 56 ? 64 : 128);
  blocks.set(rest);
  blocks[length] = 0x80;
  new DataView(blocks.buffer).setUint32(blocks.length - 4, (whole + length) * 8);
  return blocks;
}

onmessage = ({ data }) => postMessage(solve(data));
