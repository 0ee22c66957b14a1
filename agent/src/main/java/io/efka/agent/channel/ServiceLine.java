package io.efka.agent.channel;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.Optional;

/** What a service can say, one line each. */
sealed interface ServiceLine {

    /** Hands itself to whoever knows what to do about it. */
    void to(Hearer hearer);

    /** Hears each kind of line. */
    interface Hearer {
        void attach(Attach line);

        void ready();

        void alive(Alive line);

        void data(Data line);

        void report(Report line);

        void result(Result line);
    }

    /** The first line of a connection. */
    record Attach(String service, String token) implements ServiceLine {
        @Override
        public void to(Hearer hearer) {
            hearer.attach(this);
        }

        /** Not the token. */
        @Override
        public String toString() {
            return "Attach[" + service + "]";
        }
    }

    record Ready() implements ServiceLine {
        @Override
        public void to(Hearer hearer) {
            hearer.ready();
        }
    }

    record Alive(Optional<Duration> extend) implements ServiceLine {
        @Override
        public void to(Hearer hearer) {
            hearer.alive(this);
        }
    }

    /** Something to publish; {@code name} is legal. */
    record Data(String name, JsonElement value, boolean retain) implements ServiceLine {
        @Override
        public void to(Hearer hearer) {
            hearer.data(this);
        }
    }

    /** An event of the service's own making. */
    record Report(JsonObject content) implements ServiceLine {
        @Override
        public void to(Hearer hearer) {
            hearer.report(this);
        }
    }

    /** What became of what it was asked; {@code error} empty: it went well. */
    record Result(String id, JsonElement value, Optional<String> error) implements ServiceLine {
        @Override
        public void to(Hearer hearer) {
            hearer.result(this);
        }
    }
}
