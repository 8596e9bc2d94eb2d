"""Amounts, taxes, discounts and charges, which lines and totals share."""

from __future__ import annotations

from typing import Annotated

from einvoice_core.money import Amount
from einvoice_core.records import Record, Xml
from facturae_es.codes import TaxType
from facturae_es.facets import FOUR, SIX, TWO, Decimals, Text
from facturae_es.lexical import MONEY, code

__all__ = ["Charge", "CurrencyAmount", "Discount", "OutputTax", "WithheldTax"]


class CurrencyAmount(Record):
    """An amount in the currency of the invoice, and in euros when that differs (``AmountType``)."""

    total: Annotated[Amount, Xml("TotalAmount", MONEY), Decimals(TWO)]
    in_euros: Annotated[Amount | None, Xml("EquivalentInEuros", MONEY), Decimals(TWO, TWO)] = None


class WithheldTax(Record):
    """A tax that the buyer keeps back (``TaxType``)."""

    tax_type: Annotated[TaxType, Xml("TaxTypeCode", code(TaxType))]
    rate_percent: Annotated[Amount, Xml("TaxRate", MONEY), Decimals(TWO)]
    taxable_base: Annotated[CurrencyAmount, Xml("TaxableBase")]
    tax_amount: Annotated[CurrencyAmount | None, Xml("TaxAmount")] = None


class OutputTax(Record):
    """A tax charged to the buyer, with its equivalence surcharge (``TaxOutputType``)."""

    tax_type: Annotated[TaxType, Xml("TaxTypeCode", code(TaxType))]
    rate_percent: Annotated[Amount, Xml("TaxRate", MONEY), Decimals(TWO)]
    taxable_base: Annotated[CurrencyAmount, Xml("TaxableBase")]
    tax_amount: Annotated[CurrencyAmount | None, Xml("TaxAmount")] = None
    special_taxable_base: Annotated[CurrencyAmount | None, Xml("SpecialTaxableBase")] = None
    special_tax_amount: Annotated[CurrencyAmount | None, Xml("SpecialTaxAmount")] = None
    surcharge_percent: Annotated[
        Amount | None, Xml("EquivalenceSurcharge", MONEY), Decimals(TWO, TWO)
    ] = None
    surcharge_amount: Annotated[CurrencyAmount | None, Xml("EquivalenceSurchargeAmount")] = None


class Discount(Record):
    """A discount on a line or on the invoice (``DiscountType``)."""

    reason: Annotated[str, Xml("DiscountReason"), Text(2500)]
    rate_percent: Annotated[Amount | None, Xml("DiscountRate", MONEY), Decimals(FOUR)] = None
    amount: Annotated[Amount, Xml("DiscountAmount", MONEY), Decimals(SIX)]


class Charge(Record):
    """A charge on a line or on the invoice (``ChargeType``)."""

    reason: Annotated[str, Xml("ChargeReason"), Text(2500)]
    rate_percent: Annotated[Amount | None, Xml("ChargeRate", MONEY), Decimals(FOUR)] = None
    amount: Annotated[Amount, Xml("ChargeAmount", MONEY), Decimals(SIX)]
