package io.efka.agent.channel;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.ServiceId;

/** Publishes what services send over their channels. Called on the channel's thread; never blocks. */
public interface ServiceMessageSink {

    /**
     * Publishes a value, in the order of calls for one service.
     *
     * @param name legal as a topic level
     * @return false if the next value of that service should wait until {@link #canAccept}; this one was accepted
     */
    boolean data(ServiceId service, String name, JsonElement value, boolean retain);

    /** Whether more values of a service can be accepted now. */
    boolean canAccept(ServiceId service);

    /** Publishes an event that the service defines. */
    void report(ServiceId service, JsonObject content);

    /** Publishes an event about a service's channel. */
    void incident(ServiceId service, String kind, String reason);
}
