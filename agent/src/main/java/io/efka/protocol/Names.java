package io.efka.protocol;

import java.util.regex.Pattern;

/** What a device, a service or a group may be called: a name that is one topic level and one folder name. */
public final class Names {
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

    /** {@code +} is for the build number of a semantic version. */
    private static final Pattern RELEASE = Pattern.compile("[A-Za-z0-9_+][A-Za-z0-9._+-]{0,63}");

    private Names() {}

    /** Whether {@code value} is 1-64 of {@code A-Z a-z 0-9 . _ -}, not starting with {@code .} or {@code -}. */
    public static boolean isLegal(String value) {
        return LEGAL.matcher(value).matches();
    }

    /** Whether a release may be called so: 1-64 of {@code A-Z a-z 0-9 . _ + -}, not starting with {@code .} or {@code -}. */
    public static boolean isLegalRelease(String value) {
        return RELEASE.matcher(value).matches();
    }

    /**
     * Returns {@code value} if it is legal.
     *
     * @param kind what is named, for the message: "service id"
     * @throws IllegalArgumentException saying what was wrong and what would be right
     */
    public static String requireLegal(String kind, String value) {
        if (!isLegal(value)) {
            throw new IllegalArgumentException(
                    "bad " + kind + " \"" + value + "\": must be 1-64 of A-Z a-z 0-9 . _ -, not starting with . or -");
        }
        return value;
    }
}
