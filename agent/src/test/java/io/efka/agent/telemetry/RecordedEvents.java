package io.efka.agent.telemetry;

import io.efka.protocol.ServiceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Remembers events, as "kind" or "service kind", with their fields. */
public final class RecordedEvents implements Events {
    public final List<String> names = new ArrayList<>();
    public final List<Map<String, ?>> fields = new ArrayList<>();

    @Override
    public void device(String kind, Map<String, ?> fields) {
        names.add(kind);
        this.fields.add(fields);
    }

    @Override
    public void service(ServiceId id, String kind, Map<String, ?> fields) {
        names.add(id + " " + kind);
        this.fields.add(fields);
    }

    public Map<String, ?> last() {
        return fields.get(fields.size() - 1);
    }
}
