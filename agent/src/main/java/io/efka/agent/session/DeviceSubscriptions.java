package io.efka.agent.session;

import io.efka.mqtt.MqttLink.Subscription;
import io.efka.protocol.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a device subscribes to: its commands, and its own retained statuses. */
public final class DeviceSubscriptions {
    private DeviceSubscriptions() {}

    /**
     * The subscriptions of one device. Its retained statuses show what an earlier agent or somebody else left there.
     *
     * @param deviceCommands names of the commands of a device: their topics are all that can be subscribed to at a
     *     broker without wildcards
     */
    public static List<Subscription> of(Topics topics, Set<String> deviceCommands) {
        var all = new ArrayList<Subscription>();
        String own = topics.device("");
        for (String filter : topics.commandFilters()) {
            // The device needs its own commands; those of a group may be refused.
            boolean essential = filter.startsWith(own);
            all.add(new Subscription(filter, false, essential, withoutWildcards(filter, deviceCommands)));
        }
        all.add(new Subscription(topics.device("status"), true));
        all.add(new Subscription(topics.device("svc/+/status"), true));
        return List.copyOf(all);
    }

    private static List<String> withoutWildcards(String filter, Set<String> deviceCommands) {
        if (filter.contains("+")) return List.of();
        String stem = filter.substring(0, filter.length() - 1);
        return deviceCommands.stream().sorted().map(name -> stem + name).toList();
    }
}
