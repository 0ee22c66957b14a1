package io.efka.fleet.rollout;

import io.efka.protocol.CandidateShare;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an operator asks of a rollout.
 *
 * @param steps shares of the group in percent, growing, above 0; the last is 100
 * @param settle for how long a device must be well before it counts as settled; 0: not at all
 * @param maxFailures how many of the devices that take part may fail
 * @param minSample a percentage of failures counts from so many answers on; at least 1
 * @param maxUnavailable of the online devices, how many may be unavailable at once; at least one always may
 * @param reportTimeout within which an online device must report that it has the document; not 0
 */
public record Policy(
        List<BigDecimal> steps,
        Duration settle,
        Limit maxFailures,
        int minSample,
        Limit maxUnavailable,
        Duration reportTimeout,
        OnFailure onFailure) {

    static final BigDecimal ALL = BigDecimal.valueOf(100);
    static final int MAX_STEPS = 100;
    static final String STEPS =
            "percentages that grow up to 100, with 6 digits behind the point at most, such as 1,10,50,100";

    private static final Pattern STEP = Pattern.compile("\\d{1,3}(\\.\\d{1," + CandidateShare.DIGITS + "})?");

    public static final Policy DEFAULT = new Policy(
            List.of(BigDecimal.ONE, BigDecimal.TEN, BigDecimal.valueOf(50), ALL),
            Duration.ofSeconds(60),
            Limit.percent("2"),
            3,
            Limit.percent("10"),
            Duration.ofSeconds(60),
            OnFailure.PAUSE);

    public Policy {
        steps = List.copyOf(steps);
        if (!areSteps(steps)) throw new IllegalArgumentException("steps must be " + STEPS + ", were " + steps);
        if (minSample < 1) throw new IllegalArgumentException("the sample must be at least 1, was " + minSample);
        if (settle.isNegative()) throw new IllegalArgumentException("settle must not be negative, was " + settle);
        if (reportTimeout.isNegative() || reportTimeout.isZero()) {
            throw new IllegalArgumentException("the report timeout must be positive, was " + reportTimeout);
        }
    }

    /** What a rollout does beyond its limits. */
    public enum OnFailure {
        /** It stops, and waits for an operator. */
        PAUSE,
        /** It takes everything back. */
        ROLLBACK
    }

    private static boolean areSteps(List<BigDecimal> steps) {
        BigDecimal before = BigDecimal.ZERO;
        for (BigDecimal step : steps) {
            if (step.compareTo(before) <= 0) return false;
            before = step;
        }
        return before.compareTo(ALL) == 0 && steps.size() <= MAX_STEPS;
    }

    /** Reads {@code 1,10,50,100}; empty if these are no steps. */
    public static Optional<List<BigDecimal>> parseSteps(String text) {
        return steps(List.of(text.split(",", -1)));
    }

    static Optional<List<BigDecimal>> steps(List<String> texts) {
        var steps = new ArrayList<BigDecimal>();
        for (String text : texts) {
            String step = text.strip();
            if (!STEP.matcher(step).matches()) return Optional.empty();
            steps.add(new BigDecimal(step));
        }
        return areSteps(steps) ? Optional.of(steps) : Optional.empty();
    }

    boolean isLast(int step) {
        return step == steps.size() - 1;
    }

    /** {@code 1, 10, 50, 100 %}. */
    String stepsInWords() {
        return steps.stream().map(BigDecimal::toPlainString).collect(Collectors.joining(", ")) + " %";
    }
}
