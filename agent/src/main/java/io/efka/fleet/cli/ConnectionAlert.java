package io.efka.fleet.cli;

import io.efka.fleet.session.FleetSession;
import io.efka.mqtt.Message;
import java.util.Optional;

/** What a live table says of its connection in the place of its first line. Used by the session's thread. */
final class ConnectionAlert implements FleetSession.Listener {
    private final FleetSession session;
    private String reason = "";
    private boolean isReading = true;

    ConnectionAlert(FleetSession session) {
        this.session = session;
        session.listen(this);
    }

    /** All that is there has been read. */
    void isUpToDate() {
        isReading = false;
    }

    /** Empty if all is well. */
    Optional<String> text() {
        if (!session.isConnected()) return Optional.of("no connection to the broker, trying again: " + reason);
        return isReading ? Optional.of("reading ...") : Optional.empty();
    }

    @Override
    public void received(Message message) {}

    @Override
    public void lost(String why) {
        reason = why;
    }
}
