package io.efka.agent.app;

import io.efka.agent.channel.ServiceChannels;
import io.efka.agent.process.cgroup.Cgroups;
import io.efka.agent.state.StateStore;
import io.efka.agent.telemetry.BrokerState;
import io.efka.agent.telemetry.DataPublisher;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What {@code info} says of the agent's parts, beside what it says of the device. */
final class InfoSections {
    private InfoSections() {}

    /** In the order in which they are shown. Each is asked on the thread that answers {@code info}. */
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
        sections.put("data_dir", settings.folders().data()::toString);
        sections.put("log_dir", settings.folders().logs()::toString);
        sections.put("cgroups", cgroups::describe);
        sections.put("state_damages", store::damages);
        sections.put("channel", channels::describe);
        sections.put("data", data::counts);
        sections.put("dropped", dropped);
        return sections;
    }
}
