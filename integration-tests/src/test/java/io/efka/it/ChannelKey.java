package io.efka.it;

import io.efka.fixtures.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a run needs to speak over its channel, left in a file by the service itself for a test that speaks in its place.
 *
 * @param socket where the channel is
 * @param token of the run
 */
public record ChannelKey(Path socket, String service, String token) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** A line of a service's shell script that leaves its key in that folder. */
    public static String leaveIn(Path folder) {
        String draft = folder + "/.$EFKA_SERVICE";
        return "echo \"$EFKA_CHANNEL $EFKA_TOKEN\" >" + draft + " && mv " + draft + " " + folder + "/$EFKA_SERVICE";
    }

    /** The key that a service has left, or will in a moment. */
    public static ChannelKey of(Path folder, String service) {
        Path file = folder.resolve(service);
        Await.until(service + " has left its key", LIMIT, () -> Files.exists(file));
        try {
            String[] left = Files.readString(file).strip().split(" ");
            return new ChannelKey(Path.of(left[0]), service, left[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The line that attaches with it. */
    public String attachLine() {
        return "{\"type\":\"attach\",\"service\":\"" + service + "\",\"token\":\"" + token + "\"}";
    }

    /** The key of another service, or one with a token that is none. */
    public ChannelKey with(String otherService, String otherToken) {
        return new ChannelKey(socket, otherService, otherToken);
    }
}
