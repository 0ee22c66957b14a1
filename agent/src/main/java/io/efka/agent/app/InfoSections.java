package io.efka.agent.app;

import io.efka.agent.channel.ServiceChannels;
import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.state.StateStore;
import io.efka.agent.telemetry.BrokerState;
import io.efka.agent.telemetry.DataPublisher;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What {@code info} tells of an agent's parts, as they are when it is asked. */
final class InfoSections {
    private InfoSections() {}

    /** @param dropped how much was dropped of what waited for the broker, or came from it */
    static Map<String, Supplier<?>> of(
            Settings settings,
            BrokerState broker,
            Cgroups cgroups,
            StateStore store,
            ServiceChannels channels,
            DataPublisher data,
            Supplier<?> dropped) {
        var sections = new LinkedHashMap<String, Supplier<?>>();
        sections.put("broker", broker);
        sections.put("prefix", settings::prefix);
        sections.put("data_dir", () -> settings.folders().data().toString());
        sections.put("log_dir", () -> settings.folders().logs().toString());
        sections.put("cgroups", cgroups::describe);
        sections.put("state_damages", store::damages);
        sections.put("channel", channels::describe);
        sections.put("data", data::counts);
        sections.put("dropped", dropped);
        return sections;
    }
}
