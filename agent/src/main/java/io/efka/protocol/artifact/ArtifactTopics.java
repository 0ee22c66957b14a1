package io.efka.protocol.artifact;

import io.efka.protocol.DeviceId;
import io.efka.protocol.Names;
import io.efka.protocol.Sha256;
import io.efka.protocol.Topics.GroupId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The topics of one artifact in one group: the only place where they are put together or taken apart.
 *
 * @param prefix first levels of every topic, {@code efka} by default
 */
public record ArtifactTopics(String prefix, GroupId group, Sha256 artifact) {
    private static final Pattern BELOW_PREFIX =
            Pattern.compile("group/([^/]+)/artifact/([0-9a-f]{64})/([a-z]+)(?:/([^/]+))?");

    /** What a topic of an artifact is for. */
    public enum Kind {
        /** Retained: what the artifact is cut into. */
        INFO,
        /** Hashes of the chunks. */
        PIECES,
        CHUNK,
        /** What a device asks for. */
        WANT,
        /** How much a device has. */
        HAVE,
        /** What a publisher is about to send. */
        ANSWER
    }

    /**
     * A topic taken apart.
     *
     * @param detail number of a chunk, or a device; empty in the other kinds. Not checked
     */
    public record Parsed(ArtifactTopics of, Kind kind, String detail) {}

    public String info() {
        return leaf("info");
    }

    public String pieces() {
        return leaf("pieces");
    }

    /** @param number from 0 */
    public String chunk(int number) {
        return leaf("chunk/" + number);
    }

    public String want() {
        return leaf("want");
    }

    public String have(DeviceId device) {
        return leaf("have/" + device);
    }

    public String answer() {
        return leaf("answer");
    }

    /** Everything that is published about this artifact, but for chunks and what devices have. */
    public String filter() {
        return leaf("+");
    }

    public String chunkFilter() {
        return leaf("chunk/+");
    }

    public String haveFilter() {
        return leaf("have/+");
    }

    /** A topic of whatever artifact in a group, as a filter. */
    public static String anyArtifact(String prefix, GroupId group, String leaf) {
        return prefix + "/group/" + group + "/artifact/+/" + leaf;
    }

    private String leaf(String leaf) {
        return prefix + "/group/" + group + "/artifact/" + artifact + "/" + leaf;
    }

    /** Takes a topic apart; empty if it is none of an artifact. */
    public static Optional<Parsed> parse(String prefix, String topic) {
        if (!topic.startsWith(prefix + "/")) return Optional.empty();
        Matcher matcher = BELOW_PREFIX.matcher(topic.substring(prefix.length() + 1));
        if (!matcher.matches() || !Names.isLegal(matcher.group(1))) return Optional.empty();
        var of = new ArtifactTopics(prefix, new GroupId(matcher.group(1)), new Sha256(matcher.group(2)));
        String detail = matcher.group(4) == null ? "" : matcher.group(4);
        return kind(matcher.group(3), !detail.isEmpty()).map(kind -> new Parsed(of, kind, detail));
    }

    private static Optional<Kind> kind(String leaf, boolean hasDetail) {
        return switch (leaf) {
            case "chunk" -> hasDetail ? Optional.of(Kind.CHUNK) : Optional.empty();
            case "have" -> hasDetail ? Optional.of(Kind.HAVE) : Optional.empty();
            case "info" -> hasDetail ? Optional.empty() : Optional.of(Kind.INFO);
            case "pieces" -> hasDetail ? Optional.empty() : Optional.of(Kind.PIECES);
            case "want" -> hasDetail ? Optional.empty() : Optional.of(Kind.WANT);
            case "answer" -> hasDetail ? Optional.empty() : Optional.of(Kind.ANSWER);
            default -> Optional.empty();
        };
    }
}
