package io.efka.it;

/** The settings under which the suites run Mosquitto: the ones that {@code docker/mosquitto} ships. */
final class MosquittoConf {
    private MosquittoConf() {}

    static String with(String listener, String persistence) {
        return String.join(
                "\n",
                listener,
                "allow_anonymous true",
                "set_tcp_nodelay true",
                "max_topic_alias 0",
                "max_inflight_messages 1000",
                "max_queued_messages 100000",
                "persistence true",
                "persistence_location " + persistence + "/",
                "autosave_interval 1",
                "");
    }
}
