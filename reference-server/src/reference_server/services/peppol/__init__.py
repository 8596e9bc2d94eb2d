"""EN 16931: an issued invoice as UBL, and the judgement of any document."""
