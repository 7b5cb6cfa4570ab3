import pytest

from campaign.domain.sites import clean_sites
from campaign.errors import RefusedError


def test_sites_are_kept_as_browsers_write_their_origin_each_once() -> None:
    text = " https://www.River.example/campaigns?x=1 \nriver.example, https://river.example:443\n\nhttps://straße.example:8443"
    assert clean_sites(text, loopback=False) == (
        "https://www.river.example",
        "https://river.example",
        "https://xn--strae-oqa.example:8443",
    )


@pytest.mark.parametrize(
    "line",
    [
        "http://river.example",
        "https://",
        "https://localhost",
        "https://*.example",
        "https://river.example:99999",
        "https://user@river.example",
        "https://river .example",
        "https://river.example;script-src",
        "javascript://river.example",
        "https://a..example",
        "https://[::1]",
    ],
)
def test_what_is_no_site_on_https_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(RefusedError) as refused:
        clean_sites(f"https://www.river.example\n{line}", loopback=False)
    assert line in refused.value.sentence


def test_this_machine_may_be_tried_out_where_nobody_else_comes() -> None:
    assert clean_sites("http://127.0.0.1:9000\nhttp://localhost", loopback=True) == (
        "http://127.0.0.1:9000",
        "http://localhost",
    )
    with pytest.raises(RefusedError):
        clean_sites("http://river.example", loopback=True)


def test_there_is_an_end_to_the_list() -> None:
    with pytest.raises(RefusedError, match="At most 50"):
        clean_sites("\n".join(f"https://s{number}.example" for number in range(51)), loopback=False)
