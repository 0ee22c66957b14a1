package io.efka.fleet.view;

import java.util.regex.Pattern;

/** A pattern for names, in which {@code *} stands for any text and {@code ?} for one character. */
public final class Glob {
    /** Matches every name. */
    public static final Glob ANY = new Glob("*");

    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_*?][A-Za-z0-9._*?-]{0,63}");

    private final String text;

    private Glob(String text) {
        this.text = text;
    }

    /**
     * @param what of which it is the name, for the error
     * @throws IllegalArgumentException if no name can match it
     */
    static Glob parse(String what, String text) {
        if (!LEGAL.matcher(text).matches()) {
            throw new IllegalArgumentException("a " + what
                    + " must be 1-64 of A-Z a-z 0-9 . _ - and not begin with . or -; * and ? stand for any of them");
        }
        return new Glob(text);
    }

    /** A pattern for whatever text. */
    public static Glob parse(String text) {
        return new Glob(text);
    }

    /** Whether it is the name of one thing. */
    boolean isName() {
        return text.indexOf('*') < 0 && text.indexOf('?') < 0;
    }

    public boolean matches(String name) {
        int at = 0;
        int star = -1; // the last * met, and where in the name its text began
        int from = 0;
        for (int i = 0; i < name.length(); ) {
            if (at < text.length() && text.charAt(at) == '*') {
                star = at++;
                from = i;
            } else if (at < text.length() && (text.charAt(at) == '?' || text.charAt(at) == name.charAt(i))) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++from;
            } else {
                return false;
            }
        }
        while (at < text.length() && text.charAt(at) == '*') at++;
        return at == text.length();
    }

    @Override
    public String toString() {
        return text;
    }
}
