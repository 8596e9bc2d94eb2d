"""Entries of a ledger: invoices, expenses, payments with withholding, assets."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator, Field

from einvoice_core.money import Amount, round_to
from einvoice_core.records import Record

__all__ = [
    "Asset",
    "Bought",
    "Branch",
    "Day",
    "Expense",
    "Income",
    "Issued",
    "Ledger",
    "ModuleActivity",
    "Party",
    "Payment",
    "Received",
    "TaxLine",
    "Use",
    "surcharge_of",
    "tax_of",
]


def _day(value: object) -> object:
    """Refuse numbers, which would be read as seconds since 1970."""
    if isinstance(value, int | float) or (isinstance(value, str) and value.strip().isdigit()):
        raise ValueError("write a day like 2025-03-31")
    return value


Day = Annotated[date, BeforeValidator(_day)]
_Text = Annotated[str, Field(max_length=200)]
_Id = Annotated[str, Field(min_length=1, max_length=60)]


class Bought(StrEnum):
    """Kinds of received operations."""

    DOMESTIC = "domestic"
    IMPORT = "import"
    ACQUISITION = "intra_community_acquisition"
    """Of goods or services from a business of another Member State (adquisición)."""
    REVERSE_CHARGE = "reverse_charge"
    """The customer pays the tax for another reason (inversión del sujeto pasivo)."""
    FARMING = "farming_compensation"
    """Compensation paid to a farmer of the special scheme."""
    EXEMPT = "exempt"
    NOT_SUBJECT = "not_subject"


class Use(StrEnum):
    """What a purchase is used for, as the special prorrata asks."""

    RIGHT = "right"
    NO_RIGHT = "no_right"
    COMMON = "common"


class Branch(StrEnum):
    """Which rule of the payments on account a sale follows."""

    GENERAL = "general"
    FARMING = "farming"
    """Agriculture, livestock, forestry and fishing."""
    NO_BASE_DATA = "no_base_data"
    """Of an activity by modules none of whose data of 1 January could be determined."""


class Income(StrEnum):
    """Kinds of income that are paid with withholding; the groups of forms 111, 115 and 123."""

    WORK = "work"
    ACTIVITY = "activity"
    PRIZE = "prize"
    FORESTRY = "forestry"
    IMAGE = "image"
    RENT = "rent"
    DIVIDEND = "dividend"
    CAPITAL = "capital"


class Party(Record):
    """The other side of an operation.

    Attributes:
        tax_id: NIF, or VAT number with the letters of its country.
        name: Name.
        country: ISO 3166-1 code.
        province: Code of the INE, for the yearly forms.
    """

    tax_id: Annotated[str, Field(max_length=30)] = ""
    name: _Text = ""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "ES"
    province: Annotated[str, Field(max_length=2)] = ""


class TaxLine(Record):
    """A taxable base and its tax.

    Attributes:
        taxable_base: In euros; negative in a correction (base imponible).
        percent: Of IVA; ``None`` where there is no tax.
        tax: In euros; by default the percentage of the base, rounded to the cent (cuota).
        surcharge_percent: Of the equivalence surcharge, where it is charged.
        surcharge: In euros; by default the percentage of the base.
    """

    taxable_base: Amount
    percent: Amount | None = None
    tax: Amount | None = None
    surcharge_percent: Amount | None = None
    surcharge: Amount | None = None


def tax_of(line: TaxLine) -> Decimal:
    """Return the tax of a line: the one stated, or the percentage of the base."""
    if line.tax is not None:
        return line.tax
    if not line.percent:
        return Decimal(0)
    return round_to(line.taxable_base * line.percent / 100)


class _Entry(Record):
    id: _Id
    issued_on: Day
    accrued_on: Day | None = None
    party: Party = Party()
    lines: Annotated[tuple[TaxLine, ...], Field(max_length=1_000)] = ()
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    services: bool = False
    investment_good: bool = False
    modifies: bool = False
    cash_accounting: bool = False
    withheld: Amount = Decimal(0)
    corrects: Annotated[str, Field(pattern=r"^(\d{4}-(0[1-9]|1[0-2]|[1-4]T))?$")] = ""
    declared_before: Amount | None = None
    sector: Annotated[int, Field(ge=0, le=9)] = 0

    @property
    def taxable_base(self) -> Decimal:
        """Sum of the bases, in euros."""
        return sum((line.taxable_base for line in self.lines), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Sum of the taxes, without the surcharge, in euros."""
        return sum(map(tax_of, self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Bases, taxes and surcharges, in euros; the withholding is not subtracted."""
        return self.taxable_base + self.tax + sum(map(surcharge_of, self.lines), Decimal(0))


class Issued(_Entry):
    """An issued invoice.

    Attributes:
        id: Series and number.
        issued_on: Day of issue.
        accrued_on: Day of accrual (devengo); by default the day of issue.
        party: The customer.
        operation: A name of ``tax_es.iva.operations``, such as ``domestic`` or ``export``.
        lines: One for each percentage.
        services: Whether services are supplied, rather than goods.
        investment_good: Whether an investment good is sold.
        modifies: Whether it changes the base of an earlier one (art. 80 LIVA).
        cash_accounting: Whether the customer or the issuer is in cash accounting.
        withheld: IRPF that the customer withholds, in euros.
        corrects: Period of form 349 that it corrects, such as ``2024-1T``.
        declared_before: What that form 349 declared for the customer, in euros.
        sector: Number of the differentiated sector (art. 9.1.c LIVA); 0 where there is one alone.
        income: Income for IRPF, in euros; by default the sum of the bases.
        received_in_cash: Part paid in cash, in euros, for form 347.
        branch: Which rule of forms 130 and 131 it follows.
    """

    operation: _Text = "domestic"
    income: Amount | None = None
    received_in_cash: Amount = Decimal(0)
    branch: Branch = Branch.GENERAL

    @property
    def on(self) -> date:
        """Day of accrual."""
        return self.accrued_on or self.issued_on


class Received(_Entry):
    """A received invoice, or a customs document.

    Attributes:
        id: Number that the supplier gave.
        issued_on: Day of issue.
        booked_on: Day of entry in the books, which decides the period of the deduction.
        party: The supplier.
        operation: A name of :class:`Bought`.
        deductible_percent: Of the tax, before any prorrata; 50 for most vehicles.
        use: What it is used for, as the special prorrata asks.
        expense: Deductible expense for IRPF, in euros; by default the base and the tax that is not
            deductible, or nothing for an investment good.
        kind: Kind of income of the supplier, where the invoice has withholding.
        corrects: Period of form 349 that it corrects.
        declared_before: What that form 349 declared for the supplier, in euros.
        sector: Number of the differentiated sector that uses it; 0 for what several share.
        property_reference: Cadastral reference of what is rented.
    """

    booked_on: Day | None = None
    operation: Bought = Bought.DOMESTIC
    deductible_percent: Annotated[Amount, Field(ge=0, le=100)] = Decimal(100)
    use: Use = Use.COMMON
    expense: Amount | None = None
    kind: Income | None = None
    property_reference: Annotated[str, Field(max_length=20)] = ""

    @property
    def on(self) -> date:
        """Day that decides the period: that of the entry in the books, or of accrual or issue."""
        return self.booked_on or self.accrued_on or self.issued_on


class Expense(Record):
    """An expense without invoice: wages, contributions, taxes, interest.

    Attributes:
        id: Of the entry.
        paid_on: Day that decides the period.
        amount: In euros.
        concept: Such as ``wages``, ``social_security`` or ``self_employed_contribution``.
    """

    id: _Id
    paid_on: Day
    amount: Amount
    concept: _Text = "other"


class Payment(Record):
    """An income that is paid with withholding: pay, fees, rent, dividends.

    Attributes:
        id: Of the entry.
        paid_on: Day of payment.
        party: Who is paid.
        kind: Kind of income.
        gross: In euros.
        withheld: In euros.
        in_kind: Whether it is paid in kind: then ``withheld`` is the payment on account.
        key: Key of form 190 (A to L); by default that of the kind.
        subkey: Subkey of form 190.
        property_reference: Cadastral reference of what is rented.
    """

    id: _Id
    paid_on: Day
    party: Party
    kind: Income = Income.WORK
    gross: Amount
    withheld: Amount
    in_kind: bool = False
    key: Annotated[str, Field(pattern=r"^[A-L]?$")] = ""
    subkey: Annotated[str, Field(pattern=r"^(\d{2})?$")] = ""
    property_reference: Annotated[str, Field(max_length=20)] = ""


class Asset(Record):
    """A fixed asset.

    Attributes:
        id: Of the asset.
        in_use_since: Day from which it depreciates.
        cost: In euros, without land and without deductible tax.
        group: Of the depreciation table.
        percent: Percent a year; by default the highest of the table.
        yearly: Depreciation of the year in euros, where the taxpayer keeps its own plan.
    """

    id: _Id
    in_use_since: Day
    cost: Amount
    group: int = 2
    percent: Amount | None = None
    yearly: Amount | None = None


class ModuleActivity(Record):
    """An activity in objective estimation, by its data of 1 January.

    Attributes:
        id: Of the activity, for the trace.
        employees: Salaried employees, which decide the percentage of form 131.
        iae: Heading of the tax on economic activities, such as ``673.1``.
        units: Units of each module, by its number.
        indices: Correction indices that apply.
        net_yield: In euros, where it was computed apart; then ``iae`` and ``units`` are not read.
    """

    id: _Id
    employees: Annotated[int, Field(ge=0, le=1_000)]
    iae: _Text = ""
    units: Mapping[int, Amount] = Field(default_factory=dict, max_length=100)
    indices: Annotated[tuple[_Text, ...], Field(max_length=20)] = ()
    net_yield: Amount | None = None


class Ledger(Record):
    """The books of a taxpayer.

    Attributes:
        nif: Of the taxpayer.
        name: Of the taxpayer.
        territory: Where the taxes are declared; foral territories are refused by each form.
        issued: Issued invoices.
        received: Received invoices.
        expenses: Expenses without invoice.
        payments: Incomes paid with withholding.
        assets: Fixed assets.
        modules: Activities in objective estimation.
    """

    nif: Annotated[str, Field(max_length=20)] = ""
    name: _Text = ""
    territory: _Text = "peninsula"
    issued: tuple[Issued, ...] = ()
    received: tuple[Received, ...] = ()
    expenses: tuple[Expense, ...] = ()
    payments: tuple[Payment, ...] = ()
    assets: tuple[Asset, ...] = ()
    modules: Annotated[tuple[ModuleActivity, ...], Field(max_length=100)] = ()


def surcharge_of(line: TaxLine) -> Decimal:
    """Return the equivalence surcharge of a line: the one stated, or the percentage of the base."""
    if line.surcharge is not None:
        return line.surcharge
    if not line.surcharge_percent:
        return Decimal(0)
    return round_to(line.taxable_base * line.surcharge_percent / 100)
