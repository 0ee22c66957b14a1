package io.efka.agent.state;

import io.efka.agent.telemetry.RetainedNames;
import io.efka.protocol.Names;
import io.efka.protocol.ServiceId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What services have retained, in the state store: names with blanks between them, by service. */
public final class StoredRetained implements RetainedNames {
    private static final String MAP = "retained";

    private final StateStore state;

    public StoredRetained(StateStore state) {
        this.state = state;
    }

    @Override
    public Map<ServiceId, Set<String>> load() {
        var all = new LinkedHashMap<ServiceId, Set<String>>();
        state.documents(MAP).forEach((service, names) -> {
            if (Names.isLegal(service)) all.put(new ServiceId(service), split(names));
        });
        return all;
    }

    private static Set<String> split(String names) {
        return Stream.of(names.split(" ")).filter(Names::isLegal).collect(Collectors.toSet());
    }

    @Override
    public void saveSoon(ServiceId service, Set<String> names) {
        String key = service.value();
        state.commitSoon(
                List.of(names.isEmpty() ? Change.remove(MAP, key) : Change.put(MAP, key, String.join(" ", names))));
    }
}
