package io.efka.agent.channel;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.ServiceId;

/** Where goes what services say to the world. Called on the channel's thread; never blocks. */
public interface ServiceMessageSink {

    /**
     * Publishes a value, in the order of calls for one service.
     *
     * @param name legal as a topic level
     * @return false if it is better not to be given more of that service until it is {@link #canAccept register}; this one
     *     was taken
     */
    boolean data(ServiceId service, String name, JsonElement value, boolean retain);

    /** Whether more values of a service are welcome. */
    boolean canAccept(ServiceId service);

    /** Publishes an event of the service's own making. */
    void report(ServiceId service, JsonObject content);

    /** Announces what happened to a service's channel. */
    void incident(ServiceId service, String kind, String reason);
}
