package io.efka.agent.channel;

import io.efka.agent.files.AtomicFiles;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and checks the one-run tokens. A token is its run's id and a code that only who knows the device's secret can
 * make: nothing is kept of a run, and a later agent knows the tokens that an earlier one gave. Thread-safe.
 */
public final class Tokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_BYTES = 32;

    private final SecretKeySpec secret;

    Tokens(byte[] secret) {
        this.secret = new SecretKeySpec(secret, ALGORITHM);
    }

    /**
     * With the secret that is in {@code data/channel.key}, made there when it is missing or cut short.
     *
     * @throws IOException if it can be neither read nor made
     */
    public static Tokens in(Path data) throws IOException {
        Path file = data.resolve("channel.key");
        if (Files.exists(file)) {
            byte[] known = Files.readAllBytes(file);
            if (known.length == SECRET_BYTES) return new Tokens(known);
        }
        byte[] made = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(made);
        AtomicFiles.replace(file, made, Optional.empty());
        return new Tokens(made);
    }

    /** The token of one run of a service. */
    String of(ServiceId service, RunId run) {
        return run.value() + "." + code(service, run);
    }

    /** The run that the token was made for; empty if it was not made here, or not for that service. */
    Optional<RunId> runOf(ServiceId service, String token) {
        int dot = token.indexOf('.');
        if (dot < 0) return Optional.empty();
        return RunId.parse(token.substring(0, dot)).filter(run -> isToken(token, service, run));
    }

    /** Takes the same time for every wrong token. */
    private boolean isToken(String token, ServiceId service, RunId run) {
        return MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), of(service, run).getBytes(StandardCharsets.UTF_8));
    }

    private String code(ServiceId service, RunId run) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            byte[] code = mac.doFinal((service.value() + "/" + run.value()).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(code);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM + " is part of every JDK", e);
        }
    }
}
