package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import java.util.Optional;

/** Documents for programs: one line each, with what their topic said. */
final class Documents {
    private Documents() {}

    /** The status of a device or service, as it is on the wire, under {@code status}. */
    static JsonObject line(DeviceView device, Optional<String> service, Document status) {
        var line = new JsonObject();
        line.addProperty("device", device.id());
        service.ifPresent(id -> line.addProperty("service", id));
        line.addProperty("online", device.isOnline());
        line.add("status", status.json());
        return line;
    }
}
