package io.efka.agent.channel;

import io.efka.agent.files.AtomicFiles;
import io.efka.protocol.RunId;
import io.efka.protocol.ServiceId;
import io.efka.protocol.manifest.Manifest;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import jdk.net.ExtendedSocketOptions;

/**
 * Identifies who connects: the token says for which run, the kernel says as which user. A token is the run's id and a
 * code that is computed from it with the device's secret. So nothing is stored for a run, and the next agent accepts
 * the tokens of this one. Thread-safe.
 */
final class ChannelCredentials {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_BYTES = 32;

    private final SecretKeySpec secret;
    private final UserPrincipal agent;
    private final Optional<UserPrincipal> root = lookUp("root");

    private ChannelCredentials(byte[] secret, UserPrincipal agent) {
        this.secret = new SecretKeySpec(secret, ALGORITHM);
        this.agent = agent;
    }

    /**
     * Reads the secret from {@code data/channel.key}; creates it if it is missing or too short.
     *
     * @param agent the user that the agent runs as
     * @throws IOException if the secret can be neither read nor created
     */
    static ChannelCredentials load(Path data, UserPrincipal agent) throws IOException {
        Path file = data.resolve("channel.key");
        if (Files.exists(file)) {
            byte[] known = Files.readAllBytes(file);
            if (known.length == SECRET_BYTES) return new ChannelCredentials(known, agent);
        }
        byte[] created = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(created);
        AtomicFiles.replace(file, created, Optional.empty());
        return new ChannelCredentials(created, agent);
    }

    /** The token of one run of a service. */
    String token(ServiceId service, RunId run) {
        return run.value() + "." + code(service, run);
    }

    /** The run that a token belongs to; empty if this device did not issue it, or issued it for another service. */
    Optional<RunId> runOf(ServiceId service, String token) {
        int dot = token.indexOf('.');
        if (dot < 0) return Optional.empty();
        return RunId.parse(token.substring(0, dot)).filter(run -> isToken(token, service, run));
    }

    /** Takes the same time for every wrong token. */
    private boolean isToken(String token, ServiceId service, RunId run) {
        return MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), token(service, run).getBytes(StandardCharsets.UTF_8));
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

    /** Whether the peer is root or the user that the service runs as. */
    boolean isAllowedPeer(SocketChannel socket, Manifest manifest) {
        try {
            UserPrincipal peer =
                    socket.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
            return root.equals(Optional.of(peer)) || userOf(manifest).equals(Optional.of(peer));
        } catch (IOException gone) {
            return false;
        }
    }

    private Optional<UserPrincipal> userOf(Manifest manifest) {
        Optional<String> user = manifest.program().user();
        if (user.isEmpty()) return Optional.of(agent);
        return lookUp(user.get());
    }

    private static Optional<UserPrincipal> lookUp(String name) {
        try {
            return Optional.of(
                    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name));
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }
}
