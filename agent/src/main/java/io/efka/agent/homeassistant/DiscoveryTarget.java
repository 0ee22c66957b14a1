package io.efka.agent.homeassistant;

import io.efka.protocol.Topics;

/**
 * Where Home Assistant is met.
 *
 * @param prefix its discovery prefix, {@code homeassistant} unless somebody changed it there
 */
record DiscoveryTarget(String prefix, Topics topics) {
    private static final String ONE_LEVEL_EACH = "[A-Za-z0-9-]+/[A-Za-z0-9_-]+";

    /** Where it says {@code online} when it has started. */
    String status() {
        return prefix + "/status";
    }

    /** Where it looks for this device's discovery document. */
    String config() {
        return prefix + "/device/" + objectId() + "/config";
    }

    /** The device's name among all devices that Home Assistant knows, {@code efka/dev1}. */
    String identity() {
        String leaf = topics.device("");
        return leaf.substring(0, leaf.length() - 1);
    }

    /** Home Assistant ignores topics with anything but letters, digits, _ and -: what is lost by that a hash makes up for. */
    private String objectId() {
        String identity = identity();
        String legal = identity.replaceAll("[^A-Za-z0-9_-]", "_");
        return identity.matches(ONE_LEVEL_EACH) ? legal : legal + "-" + Integer.toHexString(identity.hashCode());
    }
}
