"""Invoices for tests: one with every group of the model, and the smallest that has no finding."""

from datetime import date
from decimal import Decimal

from ubl_peppol.calculation import compute, line_net_amount
from ubl_peppol.model import (
    Attachment,
    Buyer,
    BuyerAddress,
    BuyerContact,
    CreditTransfer,
    DeliverToAddress,
    Delivery,
    DirectDebit,
    DocumentAllowance,
    DocumentCharge,
    Identifier,
    Invoice,
    Item,
    ItemAttribute,
    Line,
    LineAllowance,
    LineCharge,
    LinePeriod,
    LineVat,
    Note,
    Payee,
    PaymentCard,
    PaymentInstructions,
    Period,
    PrecedingInvoice,
    Price,
    ProcessControl,
    RepresentativeAddress,
    Seller,
    SellerAddress,
    SellerContact,
    SupportingDocument,
    TaxRepresentative,
)
from ubl_peppol.profiles import PROFILES

__all__ = ["full_invoice", "simple_line", "small_invoice"]

_PEPPOL = PROFILES["peppol-bis-3"]
_PROCESS = ProcessControl(
    business_process=_PEPPOL.process_id, specification=_PEPPOL.customization_id
)


def simple_line(
    number: int,
    quantity: Decimal,
    net_price: Decimal,
    *,
    category: str = "S",
    rate: Decimal | None = Decimal(21),
) -> Line:
    """Make a line whose net amount is computed."""
    return Line(
        id=str(number),
        quantity=quantity,
        unit="C62",
        net_amount=line_net_amount(quantity, net_price),
        price=Price(net=net_price),
        vat=LineVat(category=category, rate=rate),
        item=Item(name=f"Artículo {number}"),
    )


def small_invoice(*lines: Line, type_code: str = "380") -> Invoice:
    """Make an invoice with what is mandatory in Peppol and no more; totals are computed."""
    items = lines or (simple_line(1, Decimal(2), Decimal("50.00")),)
    computed = compute(items)
    return Invoice(
        number="2026-0001",
        issued_on=date(2026, 11, 24),
        type_code=type_code,
        currency="EUR",
        due_on=None,
        buyer_reference="PED-7",
        payment_terms="30 días",
        process=_PROCESS,
        seller=Seller(
            name="Talleres Ejemplo, S.L.",
            vat_id="ESB12345674",
            electronic_address=Identifier(value="ESB12345674", scheme_id="9920"),
            address=SellerAddress(line_1="Calle Mayor, 1", city="Madrid", country="ES"),
        ),
        buyer=Buyer(
            name="Comprador Ejemplo, S.A.",
            vat_id="ESA58818501",
            electronic_address=Identifier(value="ESA58818501", scheme_id="9920"),
            address=BuyerAddress(line_1="Gran Vía, 2", city="Bilbao", country="ES"),
        ),
        totals=computed.totals,
        vat_breakdown=computed.vat_breakdown,
        lines=items,
    )


def full_invoice(type_code: str = "380") -> Invoice:
    """Make an invoice in which every group and every term of the norm stands, and none is wrong.

    A term that excludes another (BT-7 and BT-8) leaves its place to it.
    """
    lines = (_full_line(),)
    rate = Decimal(21)
    allowances = (
        DocumentAllowance(
            amount=Decimal("10.00"),
            base=Decimal("100.00"),
            percent=Decimal(10),
            vat_category="S",
            vat_rate=rate,
            reason="Descuento por volumen",
            reason_code="95",
        ),
    )
    charges = (
        DocumentCharge(
            amount=Decimal("5.00"),
            base=Decimal("50.00"),
            percent=Decimal(10),
            vat_category="S",
            vat_rate=rate,
            reason="Portes",
            reason_code="FC",
        ),
    )
    computed = compute(
        lines,
        allowances,
        charges,
        paid=Decimal("20.00"),
        rounding=Decimal("0.05"),
        vat_in_accounting_currency=Decimal("25.00"),
    )
    return Invoice(
        number="2026-0002",
        issued_on=date(2026, 11, 24),
        type_code=type_code,
        currency="EUR",
        accounting_currency="USD",
        accrual_code="35",
        due_on=date(2026, 12, 24),
        buyer_reference="PED-8",
        project="PROY-1",
        contract="CONTR-1",
        purchase_order="PO-1",
        sales_order="SO-1",
        receiving_advice="REC-1",
        despatch_advice="ALB-1",
        tender="LIC-1",
        invoiced_object=Identifier(value="CONTADOR-1", scheme_id="ABZ"),
        accounting_reference="4217:2323:2323",
        payment_terms="A 30 días",
        notes=(Note(subject_code="AAI", text="Nota general"),),
        process=_PROCESS,
        preceding_invoices=(PrecedingInvoice(number="2026-0000", issued_on=date(2026, 10, 1)),),
        seller=Seller(
            name="Talleres Ejemplo, S.L.",
            trading_name="Talleres",
            identifiers=(Identifier(value="8412345000010", scheme_id="0088"),),
            legal_registration=Identifier(value="B12345674"),
            vat_id="ESB12345674",
            tax_registration="B12345674",
            legal_information="Registro Mercantil de Madrid, Tomo 1",
            electronic_address=Identifier(value="ESB12345674", scheme_id="9920"),
            address=SellerAddress(
                line_1="Calle Mayor, 1",
                line_2="Bajo",
                line_3="Nave 3",
                city="Madrid",
                post_code="28013",
                subdivision="Madrid",
                country="ES",
            ),
            contact=SellerContact(
                point="Ventas", telephone="+34 910000000", email="ventas@ejemplo.es"
            ),
        ),
        buyer=Buyer(
            name="Comprador Ejemplo, S.A.",
            trading_name="Comprador",
            identifier=Identifier(value="8412345000027", scheme_id="0088"),
            legal_registration=Identifier(value="A58818501"),
            vat_id="ESA58818501",
            electronic_address=Identifier(value="ESA58818501", scheme_id="9920"),
            address=BuyerAddress(
                line_1="Gran Vía, 2",
                line_2="3.º",
                line_3="Puerta 4",
                city="Bilbao",
                post_code="48001",
                subdivision="Bizkaia",
                country="ES",
            ),
            contact=BuyerContact(
                point="Compras", telephone="+34 940000000", email="compras@ejemplo.es"
            ),
        ),
        payee=Payee(
            name="Factor Ejemplo, S.A.",
            identifier=Identifier(value="FACTOR-1"),
            legal_registration=Identifier(value="A00000000"),
        ),
        tax_representative=TaxRepresentative(
            name="Representante Ejemplo, S.L.",
            vat_id="ESB87654323",
            address=RepresentativeAddress(
                line_1="Calle Nueva, 5",
                line_2="1.º",
                line_3="A",
                city="Sevilla",
                post_code="41001",
                subdivision="Sevilla",
                country="ES",
            ),
        ),
        delivery=Delivery(
            party_name="Almacén Ejemplo",
            location=Identifier(value="8412345000034", scheme_id="0088"),
            delivered_on=date(2026, 11, 20),
            address=DeliverToAddress(
                line_1="Polígono Sur, 9",
                line_2="Muelle 2",
                line_3="Puerta B",
                city="Bilbao",
                post_code="48002",
                subdivision="Bizkaia",
                country="ES",
            ),
        ),
        period=Period(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30)),
        payment=PaymentInstructions(
            means_code="59",
            means_text="Adeudo SEPA",
            remittance="2026-0002",
            credit_transfers=(
                CreditTransfer(
                    account=Identifier(value="ES9121000418450200051332"),
                    account_name="Talleres Ejemplo",
                    service_provider=Identifier(value="CAIXESBBXXX"),
                ),
            ),
            card=PaymentCard(account_number="1234", holder="Comprador Ejemplo"),
            direct_debit=DirectDebit(
                mandate="MANDATO-1",
                creditor="ES12000B12345674",
                debited_account="ES7921000813610123456789",
            ),
        ),
        allowances=allowances,
        charges=charges,
        totals=computed.totals,
        vat_breakdown=computed.vat_breakdown,
        supporting_documents=(
            SupportingDocument(
                reference="ANEXO-1",
                description="Parte de horas",
                location="https://ejemplo.es/anexo-1",
                attachment=Attachment(
                    content=b"hora;importe\n", mime_code="text/csv", filename="horas.csv"
                ),
            ),
        ),
        lines=lines,
    )


def _full_line() -> Line:
    allowance = LineAllowance(
        amount=Decimal("10.00"),
        base=Decimal("100.00"),
        percent=Decimal(10),
        reason="Descuento",
        reason_code="95",
    )
    charge = LineCharge(
        amount=Decimal("15.00"),
        base=Decimal("100.00"),
        percent=Decimal(15),
        reason="Embalaje",
        reason_code="PC",
    )
    quantity, net = Decimal(10), Decimal("20.00")
    return Line(
        id="1",
        note="Entregado en dos veces",
        object_id=Identifier(value="OBJ-1", scheme_id="ABZ"),
        quantity=quantity,
        unit="C62",
        net_amount=line_net_amount(
            quantity, net, base_quantity=Decimal(2), allowances=(allowance,), charges=(charge,)
        ),
        order_line="7",
        accounting_reference="4217",
        period=LinePeriod(starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 29)),
        allowances=(allowance,),
        charges=(charge,),
        price=Price(
            net=net,
            discount=Decimal("2.00"),
            gross=Decimal("22.00"),
            base_quantity=Decimal(2),
            base_quantity_unit="C62",
        ),
        vat=LineVat(category="S", rate=Decimal(21)),
        item=Item(
            name="Tornillo",
            description="Tornillo de acero",
            seller_id="T-1",
            buyer_id="C-1",
            standard_id=Identifier(value="8412345000041", scheme_id="0160"),
            classifications=(
                Identifier(value="31161500", scheme_id="TST", scheme_version="19.0501"),
            ),
            origin_country="ES",
            attributes=(ItemAttribute(name="Color", value="Gris"),),
        ),
    )
