package io.efka.fleet.cli;

import io.efka.fleet.events.FleetEvent;
import io.efka.fleet.live.Cell;
import io.efka.fleet.live.Column;
import io.efka.fleet.live.LiveDisplay;
import io.efka.fleet.live.LiveTable;
import io.efka.fleet.live.LiveView;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Style;
import io.efka.threads.ExitCode;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Events as a live table, the newest at its end. They are in the order in which they came, so that one of a device with a wrong
 * clock is seen as well. Used by the session's thread.
 */
final class EventTable implements EventsCommand.EventScreen, AutoCloseable {
    /** How far one can scroll back. */
    private static final int MAX_EVENTS = 10_000;

    /** What is said once more when the table is gone. */
    private static final int MAX_SAID = 20;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final List<Column> COLUMNS = List.of(
            Column.text("TIME (UTC)", 14, 14, 1),
            Column.text("DEVICE", 12, 32, 0),
            Column.text("SERVICE", 10, 32, 0),
            Column.text("EVENT", 8, 20, 2),
            Column.text("WHAT", 16, 400, 0));

    private final LiveTable table = new LiveTable(COLUMNS, LiveTable.Order.TIME, MAX_EVENTS);
    private final LiveView view;
    private final ConnectionAlert alert;
    private final LiveDisplay display;
    private final String what;
    private final List<String> said = new ArrayList<>();
    private long number;
    private boolean hasChanged = true;

    /** @param what is shown, in words */
    EventTable(FleetSession session, String what, InstantSource wall, LongSupplier clock, boolean isColoured) {
        this.what = what;
        this.view = new LiveView("events -f", List.of(new LiveView.Tab("events", table)), wall, isColoured);
        this.alert = new ConnectionAlert(session);
        display = new LiveDisplay(view, this::refresh, session::post, session::interrupt, clock);
    }

    /** Takes the terminal. */
    void open() throws FleetException {
        try {
            display.open();
        } catch (IOException e) {
            throw new FleetException(ExitCode.UNAVAILABLE, "the terminal cannot be used: " + e.getMessage());
        }
    }

    private boolean refresh() {
        boolean isAlertNew = view.alert(alert.text());
        boolean has = isAlertNew || hasChanged;
        hasChanged = false;
        if (has) view.summarize(List.of(Cell.text("events " + what, Style.BOLD), Cell.text(counted(), Style.PLAIN)));
        return has;
    }

    private String counted() {
        return number == 0 ? "none yet" : String.format(Locale.ROOT, "%,d", number);
    }

    @Override
    public void isUpToDate() {
        alert.isUpToDate();
    }

    @Override
    public void event(FleetEvent event) {
        String time = event.at().map(TIME::format).orElse("");
        String words = EventWords.of(event);
        String rest = words.startsWith(event.kind() + " ")
                ? words.substring(event.kind().length() + 1)
                : words;
        number++;
        table.put(
                String.format(Locale.ROOT, "%016d", number),
                List.of(
                        Cell.number(number, time, Style.DIM),
                        Cell.text(event.device(), Style.PLAIN),
                        Cell.text(event.service().orElse(""), Style.BOLD),
                        Cell.text(event.kind(), Style.PLAIN),
                        Cell.text(rest, EventWords.style(event))));
        hasChanged = true;
    }

    @Override
    public void failed(String device, String why) {
        say(device + ": " + why);
    }

    /** In the last line of the table, until the next key. */
    @Override
    public void say(String line) {
        view.say(line);
        hasChanged = true;
        if (said.size() < MAX_SAID) said.add(line);
    }

    /** What was said, for when nobody sees the table any more. */
    List<String> said() {
        return List.copyOf(said);
    }

    @Override
    public void close() {
        display.close();
    }
}
