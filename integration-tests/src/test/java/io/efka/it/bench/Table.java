package io.efka.it.bench;

import java.util.List;

/** Rows as a Markdown table, so that it can go into a document as it is. */
final class Table {
    private Table() {}

    static String of(List<Row> rows) {
        var text = new StringBuilder("| what | bar | measured | | n |\n|---|---|---|---|---|\n");
        for (Row row : rows) {
            text.append("| ")
                    .append(String.join(
                            " | ", row.what(), row.bar(), row.measured(), row.verdict(), String.valueOf(row.n())))
                    .append(" |\n");
        }
        return text.toString();
    }
}
