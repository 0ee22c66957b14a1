package io.efka.fleet.cli;

import io.efka.fleet.terminal.Age;
import io.efka.fleet.terminal.Style;
import io.efka.fleet.terminal.Table;
import io.efka.fleet.terminal.Table.Cell;
import io.efka.fleet.view.DeviceView;
import io.efka.fleet.view.Document;
import io.efka.fleet.view.ServiceView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A device in a list, or one of its services. */
record ListRow(DeviceView device, Optional<ServiceView> service, Document status) {
    private static final String[] HEADS = {"NAME", "STATE", "FOR", "RESTARTS", "RELEASE", "WHY"};
    private static final String[] WIDE_HEADS = {
        "NAME", "STATE", "FOR", "RESTARTS", "RELEASE", "READY", "HEALTH", "PID", "VERSION", "HOST", "WHY"
    };

    static ListRow of(DeviceView device) {
        return new ListRow(device, Optional.empty(), device.status().orElse(Document.EMPTY));
    }

    static ListRow of(ServiceView service) {
        return new ListRow(service.device(), Optional.of(service), service.status());
    }

    /** {@code gate7}, {@code gate7/camera}. */
    String name() {
        return service.map(ServiceView::name).orElse(device.id());
    }

    static Table table(boolean isWide) {
        return new Table(isWide ? WIDE_HEADS : HEADS);
    }

    Cell[] cells(boolean isWide, Instant now) {
        var cells = new ArrayList<Cell>();
        cells.add(nameCell());
        cells.add(state());
        cells.add(Cell.of(Age.of(since(), now)));
        cells.add(Cell.of(service.isEmpty() ? "" : number(status.number("restarts"))));
        cells.add(Cell.of(status.text("release").orElse("")));
        if (isWide) {
            cells.add(Cell.of(service.isEmpty() ? "" : status.flag("ready") ? "yes" : "no"));
            cells.add(Cell.of(status.text("health").orElse("")));
            cells.add(Cell.of(number(status.number("pid"))));
            cells.add(Cell.of(status.text("version").orElse("")));
            cells.add(Cell.of(status.text("host").orElse("")));
        }
        cells.add(Cell.of(service.map(one -> Why.of(one, now)).orElseGet(() -> Why.of(device))));
        return cells.toArray(Cell[]::new);
    }

    /** What the cells tell, but for how long ago. */
    List<String> look(boolean isWide) {
        var look = new ArrayList<String>();
        for (Cell cell : cells(isWide, Instant.EPOCH)) look.add(cell.text());
        since().map(Instant::toString).ifPresent(look::add);
        return look;
    }

    /** Where it was in the list, and why it is not any more. */
    Cell[] cells(boolean isWide, Cell state, String why) {
        int between = (isWide ? WIDE_HEADS : HEADS).length - 3;
        var cells = new ArrayList<Cell>(List.of(nameCell(), state));
        cells.addAll(Collections.nCopies(between, Cell.of("")));
        cells.add(Cell.of(why));
        return cells.toArray(Cell[]::new);
    }

    private Cell nameCell() {
        return new Cell(name(), service.isEmpty() ? Style.BOLD : Style.PLAIN);
    }

    /** The state of what is no longer in the list. */
    Cell left() {
        return new Cell("- " + state().text(), Style.DIM);
    }

    private Cell state() {
        if (service.isEmpty()) {
            String word = device.isOnline() ? "online" : "offline";
            return new Cell(word, StateStyle.of(word));
        }
        ServiceView one = service.get();
        if (!one.isKnown()) return new Cell("(" + one.state() + ")", Style.DIM);
        return new Cell(one.state(), StateStyle.of(one.state()));
    }

    private Optional<Instant> since() {
        return service.isPresent() ? status.instant("since") : device.since();
    }

    private static String number(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "";
    }
}
