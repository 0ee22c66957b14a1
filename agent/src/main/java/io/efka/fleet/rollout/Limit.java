package io.efka.fleet.rollout;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many devices may be something: a number of them, or a percentage.
 *
 * @param amount not negative; a percentage is 100 at most
 */
public record Limit(BigDecimal amount, boolean isPercent) {
    static final String EXAMPLES = "a percentage such as \"2%\", or a number of devices such as \"3\"";

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,6})?)\\s?%");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    public Limit {
        if (amount.signum() < 0 || (isPercent && amount.compareTo(HUNDRED) > 0)) {
            throw new IllegalArgumentException("bad limit " + amount + ": must be " + EXAMPLES);
        }
    }

    static Limit percent(String percent) {
        return new Limit(new BigDecimal(percent), true);
    }

    static Limit number(int devices) {
        return new Limit(BigDecimal.valueOf(devices), false);
    }

    /** Reads {@code 2%}, {@code 0.5%} or {@code 3}; empty for anything else. */
    public static Optional<Limit> parse(String text) {
        Matcher percent = PERCENT.matcher(text);
        if (percent.matches()) {
            return Optional.of(new BigDecimal(percent.group(1)))
                    .filter(amount -> amount.compareTo(HUNDRED) <= 0)
                    .map(amount -> new Limit(amount, true));
        }
        return NUMBER.matcher(text).matches() ? Optional.of(new Limit(new BigDecimal(text), false)) : Optional.empty();
    }

    /** Whether {@code count} devices out of {@code all} are more than that. */
    boolean isExceededBy(int count, int all) {
        return count > allowed(all);
    }

    /** How many devices out of {@code all} that is, rounded down. */
    int allowed(int all) {
        if (!isPercent) return amount.intValue();
        return amount.multiply(BigDecimal.valueOf(all))
                .divide(HUNDRED, 0, RoundingMode.FLOOR)
                .intValue();
    }

    /** As it is written. */
    @Override
    public String toString() {
        return amount.toPlainString() + (isPercent ? "%" : "");
    }
}
