package io.efka.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/**
 * The part of a fleet that gets the candidate. Who is in it depends only on the salt and the device's id, so that anybody can
 * compute it, and a growing share only adds devices.
 *
 * @param percent from 0 (nobody) to 100 (everybody), with any fraction
 * @param salt mixes the fleet anew; the same salt gives the same order of devices
 */
public record CandidateShare(BigDecimal percent, String salt) {
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final int BYTES = 8;

    /** Behind the point: tells a hundred million devices apart. */
    public static final int DIGITS = 6;

    /** 2^64: one more than the largest number of 8 bytes. */
    private static final BigDecimal RANGE = new BigDecimal(BigInteger.ONE.shiftLeft(64));

    /** Whether {@code number / 2^64 < percent / 100}, computed without rounding. */
    public boolean holds(DeviceId device) {
        BigDecimal number = new BigDecimal(new BigInteger(number(salt, device.value()), 16));
        return number.multiply(HUNDRED).compareTo(percent.multiply(RANGE)) < 0;
    }

    /**
     * The smallest share, of {@link #DIGITS} digits behind the point, in which a device is. For shares of as many digits, a device is in
     * those that are not below it.
     */
    public static BigDecimal smallest(String salt, DeviceId device) {
        BigDecimal number = new BigDecimal(new BigInteger(number(salt, device.value()), 16));
        BigDecimal below = number.multiply(HUNDRED).divide(RANGE, DIGITS, RoundingMode.FLOOR);
        return below.add(BigDecimal.ONE.movePointLeft(DIGITS));
    }

    /** The first 8 bytes of SHA-256({@code salt/text}), as 16 hexadecimal digits. */
    static String number(String salt, String text) {
        return Sha256.of((salt + "/" + text).getBytes(StandardCharsets.UTF_8))
                .hex()
                .substring(0, 2 * BYTES);
    }

    /** Where in {@code [0, 1)} a text lies; the same text is always at the same place. */
    public static double place(String salt, String text) {
        // 53 bits: a double holds them exactly, so that the result is never rounded up to 1.
        long bits = new BigInteger(number(salt, text), 16).shiftRight(11).longValueExact();
        return bits * 0x1p-53;
    }
}
