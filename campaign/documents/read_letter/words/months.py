"""Names of months."""

MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january jan janvier janv enero ene januar jänner janeiro gennaio ocak января январь sty "
            "stycznia januari يناير يانۋار",
            "february feb février fevrier févr fév febrero februar fevereiro febbraio şubat февраля "
            "lutego februari فبراير فېۋرال",
            "march mar mars marzo märz maerz março mart марта marca maart مارس مارت",
            "april apr avril avr abril abr aprile nisan апреля kwietnia أبريل ئاپرېل",
            "may mai mayo maio maggio mayıs мая maja mei مايو ماي",
            "june jun juin junio juni junho giugno haziran июня czerwca يونيو ئىيۇن",
            "july jul juillet juil julio juli julho luglio temmuz июля lipca يوليو ئىيۇل",
            "august aug août aout agosto ago ağustos августа sierpnia augustus أغسطس ئاۋغۇست",
            "september sep sept septembre septiembre setiembre setembro settembre eylül сентября września "
            "سبتمبر سېنتەبىر",
            "october oct octobre octubre oktober okt outubro out ottobre ekim октября października أكتوبر "
            "ئۆكتەبىر",
            "november nov novembre noviembre novembro kasım ноября listopada نوفمبر نويابىر",
            "december dec décembre decembre déc diciembre dic dezember dez dezembro dicembre aralık "
            "декабря grudnia ديسمبر دېكابىر",
        ),
        start=1,
    )
    for name in names.split()
}
