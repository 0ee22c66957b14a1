package io.efka.agent.channel;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.efka.protocol.Until;
import java.time.Duration;
import java.util.Optional;

/** A line that a service sends. */
sealed interface ServiceLine {

    /** Calls the method for this kind of line. */
    void dispatch(Handler handler);

    /** Handles each kind of line. */
    interface Handler {
        void attach(Attach line);

        void ready();

        void alive(Alive line);

        void data(Data line);

        void report(Report line);

        void result(Result line);

        void hold(Hold line);

        void releaseHold();
    }

    /** The first line of a connection. */
    record Attach(String service, String token) implements ServiceLine {
        @Override
        public void dispatch(Handler handler) {
            handler.attach(this);
        }

        /** Leaves out the token, which is a secret. */
        @Override
        public String toString() {
            return "Attach[" + service + "]";
        }
    }

    /** The service is ready. */
    record Ready() implements ServiceLine {
        @Override
        public void dispatch(Handler handler) {
            handler.ready();
        }
    }

    /**
     * The service is alive.
     *
     * @param extend the time until it will say so again; empty: as its manifest says
     */
    record Alive(Optional<Duration> extend) implements ServiceLine {
        @Override
        public void dispatch(Handler handler) {
            handler.alive(this);
        }
    }

    /**
     * A value to publish.
     *
     * @param name legal as a topic level
     */
    record Data(String name, JsonElement value, boolean retain) implements ServiceLine {
        @Override
        public void dispatch(Handler handler) {
            handler.data(this);
        }
    }

    /** An event that the service defines. */
    record Report(JsonObject content) implements ServiceLine {
        @Override
        public void dispatch(Handler handler) {
            handler.report(this);
        }
    }

    /**
     * The service must not be stopped for a deploy now.
     *
     * @param until empty: as long as the device allows
     */
    record Hold(String reason, Optional<Until> until) implements ServiceLine {
        @Override
        public void dispatch(Handler handler) {
            handler.hold(this);
        }
    }

    /** It may be stopped for a deploy again. */
    record ReleaseHold() implements ServiceLine {
        @Override
        public void dispatch(Handler handler) {
            handler.releaseHold();
        }
    }

    /**
     * The answer to a call or to a configuration.
     *
     * @param error why the service refused; empty: it did not
     */
    record Result(String id, JsonElement value, Optional<String> error) implements ServiceLine {
        @Override
        public void dispatch(Handler handler) {
            handler.result(this);
        }
    }
}
