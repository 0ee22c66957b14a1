package io.efka.fleet.cli;

import com.google.gson.JsonObject;
import io.efka.fleet.doctor.BrokerFacts;
import io.efka.fleet.doctor.BrokerJudgement;
import io.efka.fleet.doctor.BrokerProbe;
import io.efka.fleet.doctor.Finding;
import io.efka.fleet.doctor.Finding.Level;
import io.efka.fleet.doctor.FleetFacts;
import io.efka.fleet.doctor.FleetJudgement;
import io.efka.fleet.doctor.FleetProbe;
import io.efka.fleet.session.FleetException;
import io.efka.fleet.session.FleetSession;
import io.efka.fleet.terminal.Plural;
import io.efka.fleet.terminal.Printable;
import io.efka.fleet.terminal.Style;
import io.efka.mqtt.BrokerSettings;
import io.efka.mqtt.VisitorLink;
import io.efka.threads.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code efka doctor}: probes the broker, and says what will break at the fleet's size. */
@Command(name = "doctor")
final class DoctorCommand extends FleetCommand {
    private static final String INDENT = " ".repeat(28);
    private static final String CLIENT = "efka-doctor-";

    DoctorCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    void help(Help help) {
        help.shows(
                        "Probes the broker, and says what will break at the size of your fleet and which setting cures it.",
                        "efka doctor",
                        "efka doctor --json | jq -r 'select(.level != \"ok\") | .text'")
                .notes(
                        "It takes about 20 s, and publishes 2,400 small messages and four of up to 256 KiB, all below",
                        "PREFIX/efka-doctor-…/cmd/probe, which no device reads. It clears what was retained, also at Ctrl-C;",
                        "if it is killed, the broker drops all messages within 5 minutes, and an empty session within 24 h.",
                        "Rights are tried on topics of a device and a group that do not exist. Up to 200 devices are asked for their time and their journal.",
                        "",
                        "Exit code 0: there is no problem; 1: there is one; 69: no broker; 77: the broker refuses it;",
                        "130: ended by Ctrl-C.");
    }

    @Override
    String clientId() {
        return CLIENT + super.clientId().replace("efka-cli-", "");
    }

    @Override
    ExitCode run(FleetSession session) throws FleetException, InterruptedException {
        progress("looking at the fleet");
        FleetFacts fleet = new FleetProbe(session, surroundings().wall()).run();
        if (session.isInterrupted()) return ExitCode.INTERRUPTED;
        BrokerFacts broker = new BrokerProbe(() -> next(session), this::link, this::progress).run(session.granted());
        var findings = new ArrayList<Finding>(BrokerJudgement.of(broker, fleet));
        findings.addAll(FleetJudgement.of(fleet));
        findings.forEach(this::print);
        return end(findings);
    }

    /** Ctrl-C between two sessions is heard by the first one only. */
    private FleetSession next(FleetSession first) throws FleetException, InterruptedException {
        if (first.isInterrupted()) throw new FleetException(ExitCode.INTERRUPTED, "interrupted");
        return connect(clientId());
    }

    private VisitorLink link(String id) {
        BrokerSettings there = access().broker();
        return surroundings()
                .links()
                .apply(new BrokerSettings(
                        there.uris(),
                        id,
                        there.username(),
                        there.passwordFile(),
                        there.ca(),
                        there.cert(),
                        there.key()));
    }

    /** What is done next is for people; what may be left behind is for everybody. */
    private void progress(String line) {
        boolean isUsual = line.startsWith("probing") || line.startsWith("looking");
        if (!isUsual || terminal().isErrTerminal()) terminal().say(line);
    }

    private void print(Finding finding) {
        if (isJson) {
            var json = new JsonObject();
            json.addProperty("level", word(finding.level()));
            json.addProperty("check", finding.check());
            json.addProperty("text", finding.text());
            json.addProperty("cure", finding.cure());
            terminal().json(json);
            return;
        }
        String head = String.format(Locale.ROOT, "%-8s %-18s ", word(finding.level()), finding.check());
        String shown = terminal().hasColours() ? style(finding.level()).paint(head) : head;
        terminal().out().println(shown + Printable.line(finding.text()));
        if (!finding.cure().isEmpty()) terminal().out().println(INDENT + "-> " + Printable.line(finding.cure()));
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static Style style(Level level) {
        return switch (level) {
            case OK -> Style.GOOD;
            case WARNING -> Style.WARN;
            case PROBLEM -> Style.BAD;
        };
    }

    private ExitCode end(List<Finding> findings) {
        long problems =
                findings.stream().filter(one -> one.level() == Level.PROBLEM).count();
        long warnings =
                findings.stream().filter(one -> one.level() == Level.WARNING).count();
        terminal().say(problems + Plural.of(" problem", problems) + ", " + warnings + Plural.of(" warning", warnings));
        return problems > 0 ? ExitCode.FAILED : ExitCode.OK;
    }
}
