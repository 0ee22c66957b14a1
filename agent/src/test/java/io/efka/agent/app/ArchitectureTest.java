package io.efka.agent.app;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The packages, and which of them may use which; the reasons are in {@code agent/docs/rationale.md}. */
@AnalyzeClasses(packages = "io.efka", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String ROOT = "io.efka.";

    /** One line a package: what it may use, beside the JDK and libraries. Every package has its line. */
    private static final String ARROWS = """
            threads                 ->
            words                   ->
            protocol                -> words
            protocol.json           -> protocol
            protocol.manifest       -> protocol, protocol.json
            mqtt                    -> threads
            protocol.artifact       -> protocol, protocol.json
            mqtt.paho               -> threads, words, mqtt
            transfer                -> threads, protocol, protocol.artifact, mqtt
            agent.files             -> threads
            agent.runtime           -> threads, protocol
            agent.supervision       -> threads, protocol, protocol.manifest
            agent.telemetry         -> threads, protocol, protocol.json, mqtt, agent.supervision
            agent.session           -> threads, protocol, protocol.json, mqtt, agent.supervision, agent.telemetry
            agent.homeassistant     -> threads, protocol, protocol.json, mqtt, agent.supervision, agent.telemetry
            agent.channel           -> threads, words, protocol, protocol.json, protocol.manifest, agent.supervision, agent.files, agent.runtime
            agent.install           -> threads, words, protocol, protocol.json, protocol.manifest, agent.files
            agent.artifact.archive  -> threads, agent.files
            agent.artifact          -> threads, words, protocol, protocol.json, agent.files, agent.runtime
            agent.artifact.mqtt     -> threads, protocol, protocol.artifact, mqtt, transfer, agent.artifact, agent.files
            agent.release           -> threads, protocol, protocol.json, protocol.manifest, agent.supervision, agent.telemetry, agent.artifact, agent.artifact.archive, agent.install
            agent.command.ledger    -> threads, protocol, protocol.json, mqtt, agent.supervision
            agent.command           -> threads, protocol, protocol.json, mqtt, agent.supervision, agent.telemetry, agent.command.ledger
            agent.command.handler   -> threads, protocol, protocol.json, protocol.manifest, agent.supervision, agent.telemetry, agent.events, agent.channel, agent.artifact, agent.install, agent.release, agent.command.ledger, agent.command
            agent.desired           -> threads, protocol, protocol.json, mqtt, agent.supervision, agent.telemetry, agent.command
            agent.search            -> threads, agent.supervision
            agent.events            -> threads, words, protocol, protocol.json, agent.supervision, agent.telemetry, agent.files, agent.search
            agent.output.store      -> threads, words, protocol, protocol.manifest, agent.supervision, agent.files, agent.search
            agent.output.ship       -> threads, protocol, protocol.json, protocol.manifest, mqtt, agent.runtime, agent.telemetry, agent.output.store
            agent.output            -> threads, protocol, mqtt, agent.supervision, agent.telemetry, agent.search, agent.output.store, agent.output.ship
            agent.process.proc      -> threads, protocol, protocol.manifest, agent.supervision
            agent.process.cgroup    -> threads, protocol, protocol.manifest, agent.supervision, agent.process.proc
            agent.process.tree      -> threads, words, protocol, protocol.manifest, agent.supervision, agent.files, agent.process.proc, agent.process.cgroup
            agent.process           -> threads, protocol, protocol.manifest, agent.supervision, agent.telemetry, agent.files, agent.process.proc, agent.process.cgroup, agent.process.tree
            agent.health            -> threads, protocol, protocol.manifest, agent.supervision, agent.process, agent.process.proc, agent.process.cgroup, agent.process.tree
            agent.state             -> threads, words, protocol, protocol.json, agent.supervision, agent.telemetry, agent.release, agent.desired, agent.files, agent.command.ledger, agent.output.store
            fleet.terminal          ->
            fleet.live              -> fleet.terminal
            fleet.session           -> threads, protocol, mqtt
            fleet.view              -> threads, protocol, protocol.json, mqtt, fleet.session
            fleet.request           -> threads, protocol, protocol.json, mqtt, fleet.session, fleet.view
            fleet.logs              -> threads, protocol, mqtt, fleet.session, fleet.view, fleet.request
            fleet.events            -> threads, protocol, mqtt, fleet.session, fleet.view, fleet.request
            fleet.artifact          -> threads, protocol, protocol.json, protocol.artifact, mqtt, transfer, fleet.terminal
            fleet.desired           -> threads, protocol, protocol.json, protocol.manifest, mqtt, fleet.session, fleet.view
            fleet.rollout           -> threads, protocol, protocol.json, mqtt, fleet.terminal, fleet.session, fleet.view, fleet.desired
            fleet.doctor            -> threads, protocol, mqtt, fleet.terminal, fleet.session, fleet.view, fleet.request
            fleet.http              ->
            fleet.dashboard         -> fleet.http
            fleet.exporter          -> threads, protocol, mqtt, fleet.http, fleet.terminal, fleet.session, fleet.view
            fleet.cli               -> threads, protocol, protocol.json, mqtt, fleet.terminal, fleet.live, fleet.http, fleet.dashboard, fleet.exporter, fleet.session, fleet.view, fleet.request, fleet.logs, fleet.events, fleet.desired, fleet.doctor, fleet.rollout, fleet.artifact, transfer
            agent.app               -> *
            agent.main              -> *
            demo                    -> *
            """;

    @ArchTest
    static void everyPackageUsesOnlyWhatItMay(JavaClasses all) {
        Map<String, List<String>> arrows = arrows();
        var wrong = new TreeSet<String>();
        for (JavaClass user : all) {
            String from = name(user);
            List<String> may = arrows.get(from);
            if (may == null) {
                wrong.add(from + " has no line in the table");
                continue;
            }
            if (may.contains("*")) continue;
            user.getDirectDependenciesFromSelf().forEach(dependency -> {
                JavaClass used = dependency.getTargetClass().getBaseComponentType();
                if (!used.getPackageName().startsWith(ROOT)) return;
                String to = name(used);
                if (!to.equals(from) && !may.contains(to))
                    wrong.add(from + " -> " + to + ": " + dependency.getDescription());
            });
        }
        assertThat(wrong).isEmpty();
    }

    private static String name(JavaClass of) {
        return of.getPackageName().substring(ROOT.length());
    }

    private static Map<String, List<String>> arrows() {
        var arrows = new HashMap<String, List<String>>();
        ARROWS.lines().forEach(line -> {
            String[] sides = line.split("->", -1);
            var targets = new ArrayList<String>();
            for (String target : sides[1].split(",")) targets.add(target.strip());
            arrows.put(sides[0].strip(), targets);
        });
        return arrows;
    }

    @ArchTest
    static final ArchRule noPackageIsInACircle =
            slices().matching("io.efka.(**)").should().beFreeOfCycles();

    /** The operator's tools live in {@code io.efka.fleet}: they share the contract with the agent, and nothing else. */
    @ArchTest
    static final ArchRule theFleetsToolsDoNotKnowTheAgent = noClasses()
            .that()
            .resideInAPackage(ROOT + "fleet..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + "agent..", ROOT + "demo..");

    @ArchTest
    static final ArchRule nobodyUsesTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "agent.main..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "agent.main..");

    @ArchTest
    static final ArchRule onlyTheCommandLineUsesTheDemo = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "agent.main..", ROOT + "demo..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "demo..");

    @ArchTest
    static final ArchRule theCoreKnowsNoLibrary = classes()
            .that()
            .resideInAPackage(ROOT + "agent.supervision..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "com.google.errorprone.annotations..",
                    ROOT + "threads..",
                    ROOT + "protocol..",
                    ROOT + "agent.supervision.."));

    @ArchTest
    static final ArchRule nobodyElseSeesPaho = only("org.eclipse.paho..", "mqtt.paho..");

    @ArchTest
    static final ArchRule nobodyElseSeesMapDb = only("org.mapdb..", "agent.state..");

    @ArchTest
    static final ArchRule nobodyElseSeesArtemis = only("org.apache.activemq..", "demo..");

    @ArchTest
    static final ArchRule nobodyElseSeesPicocli = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + "agent.main..", ROOT + "fleet.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule nobodyElseSeesRe2 = noClasses()
            .that()
            .resideOutsideOfPackages(
                    ROOT + "agent.search..",
                    ROOT + "fleet.logs..",
                    ROOT + "fleet.events..",
                    ROOT + "fleet.live..",
                    ROOT + "fleet.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.google.re2j..");

    @ArchTest
    static final ArchRule nobodyElseSeesXz = only("org.tukaani..", "agent.artifact.archive..");

    @ArchTest
    static final ArchRule nobodyElseSeesCommonsCompress = only("org.apache.commons.compress..", "fleet.artifact..");

    @ArchTest
    static final ArchRule nobodyElseSeesJLine = only("org.jline..", "fleet.live..");

    @ArchTest
    static final ArchRule nobodyElseSeesPrometheus = only("io.prometheus..", "fleet.exporter..");

    @ArchTest
    static final ArchRule nobodyElseIsAnHttpServer = only("com.sun.net.httpserver..", "fleet.http..");

    @ArchTest
    static final ArchRule nobodyElseUsesAnHttpClient = only("java.net.http..", "agent.artifact..");

    private static ArchRule only(String library, String where) {
        return noClasses()
                .that(not(resideInAPackage(ROOT + where)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    @ArchTest
    static final ArchRule theTimeIsAnArgument = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "agent.runtime..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC");
}
