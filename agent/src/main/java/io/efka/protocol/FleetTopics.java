package io.efka.protocol;

import io.efka.protocol.Topics.GroupId;
import java.util.Optional;

/**
 * The topics of all devices, as somebody sees them who looks at the fleet.
 *
 * @param prefix the first levels, as in {@link Topics}
 */
public record FleetTopics(String prefix) {
    /** Matches one level: any device, any service. */
    public static final String ANY = "+";

    /** A topic or filter of a device: {@code efka/dev1/status}. */
    public String device(String device, String leaf) {
        return prefix + "/" + device + "/" + leaf;
    }

    /** A topic or filter of a service: {@code efka/dev1/svc/camera/status}. */
    public String service(String device, String service, String leaf) {
        return prefix + "/" + device + "/svc/" + service + "/" + leaf;
    }

    /** A topic of a group: {@code efka/group/all/desired/base}. */
    public String group(GroupId group, String leaf) {
        return prefix + "/group/" + group + "/" + leaf;
    }

    /** Takes a topic of a device or a service apart; empty if it is neither. */
    public Optional<Source> parse(String topic) {
        if (!topic.startsWith(prefix + "/")) return Optional.empty();
        String[] level = topic.substring(prefix.length() + 1).split("/", 5);
        if (level.length < 2 || !Names.isLegal(level[0]) || level[0].equals("group")) return Optional.empty();
        if (!level[1].equals("svc")) {
            String leaf = topic.substring(prefix.length() + level[0].length() + 2);
            return Optional.of(new Source(level[0], Optional.empty(), leaf));
        }
        if (level.length < 4 || !Names.isLegal(level[2])) return Optional.empty();
        String leaf = level.length == 5 ? level[3] + "/" + level[4] : level[3];
        return Optional.of(new Source(level[0], Optional.of(level[2]), leaf));
    }

    /**
     * Where a message comes from.
     *
     * @param device a legal name
     * @param service a legal name; empty: from the device itself
     * @param leaf the rest of the topic: {@code status}, {@code data/frame}
     */
    public record Source(String device, Optional<String> service, String leaf) {
        /** {@code gate7} or {@code gate7/camera}. */
        public String name() {
            return device + service.map(id -> "/" + id).orElse("");
        }
    }
}
