"""Lines and means of payment of the 2026 edition in that of 2017."""

from ubl_peppol import model as older
from ubl_peppol.errors import ConversionError
from ubl_peppol.losses import LossKind
from ubl_peppol.ubl25 import model
from ubl_peppol.ubl25.older._common import Ledger, amount_of, identifier, needed

__all__ = ["line", "payment"]


def payment(
    means: tuple[model.PaymentMeans, ...], ledger: Ledger
) -> older.PaymentInstructions | None:
    """Map the means of payment (BG-16 to BG-19)."""
    if not means:
        return None
    first = means[0]
    for place, other in enumerate(means[1:], start=1):
        for name in (
            "code",
            "text",
            "reference",
            "card",
            "card_holder",
            "mandate",
            "debited_account",
        ):
            value, kept = getattr(other, name), getattr(first, name)
            if value is not None and value != kept:
                reason = "EN 16931:2017 has one means of payment"
                ledger.note(LossKind.DROPPED, f"/payment_means[{place}]/{name}", value, reason)
    debited = first.mandate or first.debited_account
    return older.PaymentInstructions(
        means_code=needed(first.code, "BT-81"),
        means_text=first.text,
        remittance=first.reference,
        credit_transfers=tuple(
            older.CreditTransfer(
                account=older.Identifier(value=each.account),
                account_name=each.account_name,
                service_provider=identifier(each.provider, None),
            )
            for each in means
            if each.account
        ),
        card=older.PaymentCard(account_number=first.card, holder=first.card_holder)
        if first.card
        else None,
        direct_debit=older.DirectDebit(mandate=first.mandate, debited_account=first.debited_account)
        if debited
        else None,
    )


def line(line: model.Line) -> older.Line:
    """Map a line (BG-25)."""
    allowances = []
    charges = []
    for each in line.allowances_charges:
        parts = {
            "amount": amount_of(each.amount, "BT-141" if each.is_charge else "BT-136"),
            "base": each.base,
            "percent": each.percent,
            "reason": each.reason,
            "reason_code": each.reason_code,
        }
        if each.is_charge:
            charges.append(older.LineCharge.model_validate(parts))
        else:
            allowances.append(older.LineAllowance.model_validate(parts))
    item, price = line.item, line.price
    if price is None:
        raise ConversionError("BT-146 is missing, which EN 16931:2017 demands", term="BT-146")
    period = None
    if line.starts_on is not None or line.ends_on is not None:
        period = older.LinePeriod(starts_on=line.starts_on, ends_on=line.ends_on)
    category = needed(item.vat_category, "BT-151")
    return older.Line(
        id=needed(line.id, "BT-126"),
        note=line.note,
        object_id=identifier(line.object_id, line.object_scheme),
        quantity=amount_of(line.quantity, "BT-129"),
        unit=needed(line.unit, "BT-130"),
        net_amount=amount_of(line.net_amount, "BT-131"),
        order_line=line.order_line,
        accounting_reference=line.accounting_reference,
        period=period,
        allowances=tuple(allowances),
        charges=tuple(charges),
        price=older.Price(
            net=amount_of(price.net, "BT-146"),
            discount=price.discount,
            gross=price.gross,
            base_quantity=price.base_quantity,
            base_quantity_unit=price.base_unit,
        ),
        vat=older.LineVat(category=category, rate=None if category == "O" else item.vat_rate),
        item=older.Item(
            name=needed(item.name, "BT-153"),
            description=item.description,
            seller_id=item.seller_id,
            buyer_id=item.buyer_id,
            standard_id=identifier(item.standard_id, item.standard_scheme),
            classifications=tuple(
                older.Identifier(
                    value=each.code, scheme_id=each.list_id, scheme_version=each.list_version
                )
                for each in item.classes
                if each.code
            ),
            origin_country=item.origin,
            attributes=tuple(
                older.ItemAttribute(name=each.name, value=each.value)
                for each in item.properties
                if each.name and each.value
            ),
        ),
    )
