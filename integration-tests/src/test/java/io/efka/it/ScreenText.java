package io.efka.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a terminal shows of the bytes it is sent; knows no more sequences than the live tables use. */
final class ScreenText {
    private static final Pattern SEQUENCE = Pattern.compile("\u001b\\[([?0-9;]*)([A-Za-z])");

    private final char[][] main;
    private final char[][] alternate;
    private char[][] cells;
    private int row;
    private int column;

    ScreenText(int columns, int rows) {
        main = new char[rows][columns];
        alternate = new char[rows][columns];
        cells = main;
        clear();
    }

    void feed(String text) {
        Matcher sequence = SEQUENCE.matcher(text);
        for (int i = 0; i < text.length(); ) {
            char next = text.charAt(i);
            if (next == '\u001b' && sequence.region(i, text.length()).lookingAt()) {
                obey(sequence.group(1), sequence.group(2).charAt(0));
                i = sequence.end();
            } else {
                put(next);
                i++;
            }
        }
    }

    private void put(char next) {
        if (next == '\r') column = 0;
        else if (next == '\n') row = Math.min(row + 1, cells.length - 1);
        else if (row < cells.length && column < cells[0].length) cells[row][column++] = next;
    }

    private void obey(String parameters, char what) {
        switch (what) {
            case 'H' -> {
                String[] at = parameters.split(";", -1);
                row = Integer.parseInt(at[0]) - 1;
                column = Integer.parseInt(at[1]) - 1;
            }
            case 'K' -> {
                if (row < cells.length)
                    Arrays.fill(cells[row], Math.min(column, cells[row].length), cells[row].length, ' ');
            }
            case 'J' -> clear();
            case 'h' -> {
                if (parameters.equals("?1049")) cells = alternate;
            }
            case 'l' -> {
                if (parameters.equals("?1049")) cells = main;
            }
            default -> {} // colours, and whether there is a cursor
        }
    }

    private void clear() {
        for (char[] line : cells) Arrays.fill(line, ' ');
    }

    List<String> lines() {
        var lines = new ArrayList<String>();
        for (char[] line : cells) lines.add(new String(line).stripTrailing());
        return lines;
    }
}
