"""Code lists that every service of the tax agency shares.

Source: SuministroInformacion.xsd of VERI*FACTU 1.0 and of the SII 1.1, which agree on them.
"""

from enum import StrEnum

__all__ = ["COUNTRIES", "IdKind", "LineState", "StoredState", "SubmissionState"]

_COUNTRY_CODES = """
AF AL DE AD AO AI AQ AG SA DZ AR AM AW AU AT AZ BS BH BD BB BE BZ BJ BM BY BO BA BW BV
BR BN BG BF BI BT CV KY KH CM CA CF CC CO KM CG CD CK KP KR CI CR HR CU TD CZ CL CN CY
CW DK DM DO EC EG AE ER SK SI ES US EE ET FO PH FI FJ FR GA GM GE GS GH GI GD GR GL GU
GT GG GN GQ GW GY HT HM HN HK HU IN ID IR IQ IE IM IS IL IT JM JP JE JO KZ KE KG KI KW
LA LS LV LB LR LY LI LT LU XG MO MK MG MY MW MV ML MT FK MP MA MH MU MR YT UM MX FM MD
MC MN ME MS MZ MM NA NR CX NP NI NE NG NU NF NO NC NZ IO OM NL BQ PK PW PA PG PY PE PN
PF PL PT PR QA GB RW RO RU RE SB SV WS AS KN SM SX PM VC SH LC ST SN RS SC SL SG SY SO
LK SZ ZA SD SS SE CH SR TH TW TZ TJ PS TF TL TG TK TO TT TN TC TM TR TV UA UG UY UZ VU
VA VE VN VG VI WF YE DJ ZM ZW QU XB XU XN
"""

COUNTRIES = frozenset(_COUNTRY_CODES.split())
"""Country codes of the schema: ISO 3166-1 alpha-2 and the agency's own (XG, QU, XB, XU, XN)."""


class IdKind(StrEnum):
    """Kind of identification other than a NIF (``IDType``)."""

    VAT_NUMBER = "02"
    PASSPORT = "03"
    OFFICIAL_ID = "04"
    RESIDENCE_CERTIFICATE = "05"
    OTHER = "06"
    NOT_IN_CENSUS = "07"


class SubmissionState(StrEnum):
    """State of a whole submission (``EstadoEnvio``)."""

    CORRECT = "Correcto"
    PARTIAL = "ParcialmenteCorrecto"
    INCORRECT = "Incorrecto"


class LineState(StrEnum):
    """State of one record of a submission (``EstadoRegistro``)."""

    CORRECT = "Correcto"
    WITH_ERRORS = "AceptadoConErrores"
    INCORRECT = "Incorrecto"


class StoredState(StrEnum):
    """State in which the agency holds a record (``EstadoRegistroDuplicado``)."""

    CORRECT = "Correcta"
    WITH_ERRORS = "AceptadaConErrores"
    CANCELLED = "Anulada"
