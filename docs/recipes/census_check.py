"""Ask the census whether the tax numbers of new customers belong to their names."""

from aeat_sii import census, clock, sandbox
from aeat_sii.census import Outcome, Question
from aeat_sii.environments import local
from aeat_sii.sandbox import Knowledge, Service

CUSTOMERS = [
    Question(nif="B12345674", name="CLIENTE DE PRUEBA SL"),
    Question(nif="12345678Z", name="OTRA PERSONA"),
    Question(nif="A58818501", name="EMPRESA CERRADA SA"),
]

# What the census of the sandbox holds.
known = Knowledge(
    is_named=lambda nif, name: (nif, name) != ("12345678Z", "OTRA PERSONA"),
    ended_as=lambda nif: "BAJA" if nif == "A58818501" else "",
)


def advice(found: census.Checked) -> str:
    """Say what to do with a customer."""
    if found.is_active:
        return "bill"
    if found.outcome is Outcome.IDENTIFIED:
        return f"ask: {found.said}"
    if found.outcome is Outcome.NOT_IDENTIFIED:
        return "ask for the number and the name again"
    return "ask the census again later"


with sandbox.serve(service=Service(clock.now, known=known)) as agency:
    credential = agency.authority.issue("89890001K", "ANA PRUEBAS DEMO")
    environment, trust = local(agency.url), agency.authority.pem
    with census.Client(credential, environment=environment, trust=trust) as client:
        answers = client.check_all(CUSTOMERS)

for each in answers:
    print(f"{each.nif} {each.name}: {advice(each)}")

assert [advice(each) for each in answers] == [
    "bill",
    "ask for the number and the name again",
    "ask: IDENTIFICADO-BAJA",
]
