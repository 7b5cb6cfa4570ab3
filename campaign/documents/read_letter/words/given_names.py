"""Given names that are common in many countries: with one in front, a line names a person."""

from campaign.documents.read_letter.words.patterns import words_in

GIVEN_NAMES = words_in(
    """
    aaron abdul abdullah adam adrian agnes ahmad ahmed aisha alain alan alba albert alberto
    alejandra alejandro
    alessandra alessandro alex alexander alexandra alexandre alfred ali alice alicia alison amanda
    amina amir amy ana
    anders andrea andreas andrei andrew andré andy angela anita anja ann anna anne annette anthony
    antoine anton
    antonia antonio anya arthur astrid barbara beatrice beatriz ben benedict benjamin bernard bill
    bob boris brian
    bruno camille carl carla carlos carmen carol carolina caroline catherine cathy cecilia charles
    charlotte chris
    christian christina christine christoph christopher claire clara claudia claudio colin cristina
    daniel daniela
    daniele david deborah denis diana diego dieter dmitri dominique donald dora edith eduardo edward
    elena eleanor
    elisa elisabeth elizabeth ella ellen elsa emil emilia emily emma eric erik ernst esther eva
    evelyn fatima felix
    fernanda fernando florence francesca francesco francis francisco franz frank frederick frida
    friedrich gabriel
    gabriela george georges gerald gerard giovanni giulia giuseppe grace greta guillaume gustavo
    hanna hannah hans
    harry hassan heinz helen helena helene henri henry hugo ian ibrahim ida ines inge ingrid irene
    irina isaac isabel
    isabella isabelle ivan jack jacob jacques jakob james jan jana jane janet jean jeanne jennifer
    jessica joan joana
    johan johanna john jonathan jorge josef joseph josé juan judith jules julia julian julie jürgen
    karen karim karin
    karl katarina kate katharina katherine katja keith kevin khalid klaus krzysztof lars laura
    laurent lea leila lena
    leo leon leonardo leonie liam lily linda lisa louis louise luca lucas lucia lucie lucy luigi
    luis luisa lukas
    lydia magdalena manuel marc marco margaret maria mariam marie marina mario marion mark marta
    martha martin martina
    mary maryam mateo matthew matthias maud max maya mehmet mia michael michel michelle miguel mike
    miriam mohamed
    mohammad mohammed monica monika mustafa nadia nancy natalia natalie nathalie nicholas nicola
    nicolas nicole nikolai
    nina noah nora odile olga oliver olivia olivier omar oscar otto pablo pamela paolo pascal
    patricia patrick paul
    paula paulo pavel pedro peter petra philip philippe pierre piotr rachel rafael rahul ralph
    raphael raul rebecca
    renate ricardo richard rita robert roberto robin roger rosa rose roy rudolf ruth sabine sally
    sam samir samira
    samuel sandra sara sarah sebastian sergei sergio silvia simon simone sofia sonia sophia sophie
    stefan stefanie
    stephanie stephen steve steven sue susan susanne sven sylvie tamara tania teresa theresa thomas
    tim timothy tom
    tomas ulrike ursula valentina vera veronica victor victoria vincent viola virginia vladimir
    walter wanda werner
    wilhelm william wolfgang yasmin yuki yusuf yves zeynep zoe ève élise émile étienne hélène léa
    françois françoise
    jérôme rené stéphane cécile chloé inès aurélie joão antónio álvaro ángel maría jesús lucía sofía
    martín óscar raúl
    björn jörg günther søren jørgen łukasz małgorzata
    """
)
