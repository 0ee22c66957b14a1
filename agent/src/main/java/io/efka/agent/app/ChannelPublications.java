package io.efka.agent.app;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.agent.channel.ServiceMessageSink;
import io.efka.agent.telemetry.DataPublisher;
import io.efka.agent.telemetry.Events;
import io.efka.protocol.ServiceId;
import java.util.Map;

/** Publishes what services send over their channels: data, reports and incidents. */
record ChannelPublications(DataPublisher data, Events events) implements ServiceMessageSink {
    @Override
    public boolean data(ServiceId service, String name, JsonElement value, boolean retain) {
        return data.publish(service, name, value, retain);
    }

    @Override
    public boolean canAccept(ServiceId service) {
        return data.canAccept(service);
    }

    @Override
    public void report(ServiceId service, JsonObject content) {
        events.service(service, "reported", Map.of("report", content));
    }

    @Override
    public void incident(ServiceId service, String kind, String reason) {
        events.service(service, kind, Map.of("reason", reason));
    }
}
