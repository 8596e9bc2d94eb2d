"""FACe: invoices for public buyers."""
