package io.efka.agent;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;

/** The rooms, and which doors are between them; the reasons are in {@code agent/docs/rationale.md}. */
@AnalyzeClasses(packages = "io.efka.agent", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
    private static final String ROOT = "io.efka.agent";

    @ArchTest
    static final ArchRule roomsUseOnlyWhatTheyMay = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("files")
            .definedBy(ROOT + ".files..")
            .layer("threads")
            .definedBy(ROOT + ".threads..")
            .layer("service")
            .definedBy(ROOT + ".service..")
            .layer("wire")
            .definedBy(ROOT + ".wire..")
            .layer("command")
            .definedBy(ROOT + ".command..")
            .layer("output")
            .definedBy(ROOT + ".output..")
            .layer("telemetry")
            .definedBy(ROOT + ".telemetry..")
            .layer("session")
            .definedBy(ROOT + ".session..")
            .layer("homeassistant")
            .definedBy(ROOT + ".homeassistant..")
            .optionalLayer("channel")
            .definedBy(ROOT + ".channel..")
            .layer("install")
            .definedBy(ROOT + ".install..")
            .layer("os")
            .definedBy(ROOT + ".os..")
            .layer("mapdb")
            .definedBy(ROOT + ".mapdb..")
            .layer("paho")
            .definedBy(ROOT + ".paho..")
            .layer("runtime")
            .definedBy(ROOT + ".runtime..")
            .layer("people")
            .definedBy(ROOT, ROOT + ".cli..", ROOT + ".demo..")
            .whereLayer("files")
            .mayNotAccessAnyLayer()
            .whereLayer("threads")
            .mayNotAccessAnyLayer()
            .whereLayer("service")
            .mayOnlyAccessLayers("threads")
            .whereLayer("wire")
            .mayOnlyAccessLayers("threads", "service")
            .whereLayer("command")
            .mayOnlyAccessLayers("threads", "service", "wire", "install")
            .whereLayer("output")
            .mayOnlyAccessLayers("threads", "service", "wire", "files")
            .whereLayer("telemetry")
            .mayOnlyAccessLayers("threads", "service", "wire")
            .whereLayer("session")
            .mayOnlyAccessLayers("threads", "service", "wire", "telemetry")
            .whereLayer("homeassistant")
            .mayOnlyAccessLayers("threads", "service", "wire", "telemetry")
            .whereLayer("channel")
            .mayOnlyAccessLayers("threads", "service", "files")
            .whereLayer("install")
            .mayOnlyAccessLayers("threads", "service", "files")
            .whereLayer("os")
            .mayOnlyAccessLayers("threads", "service", "telemetry", "files")
            .whereLayer("mapdb")
            .mayOnlyAccessLayers("threads", "service", "command", "output", "telemetry", "files")
            .whereLayer("paho")
            .mayOnlyAccessLayers("threads", "service", "wire")
            .whereLayer("runtime")
            .mayOnlyAccessLayers("threads", "service")
            .whereLayer("people")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule theCoreKnowsNoLibrary = classes()
            .that()
            .resideInAPackage(ROOT + ".service..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "com.google.errorprone.annotations..",
                    ROOT + ".threads..",
                    ROOT + ".service.."));

    @ArchTest
    static final ArchRule nobodyElseSeesPaho = only("org.eclipse.paho..", ".paho..");

    @ArchTest
    static final ArchRule nobodyElseSeesMapDb = only("org.mapdb..", ".mapdb..");

    @ArchTest
    static final ArchRule nobodyElseSeesArtemis = only("org.apache.activemq..", ".demo..");

    @ArchTest
    static final ArchRule nobodyElseSeesPicocli = only("picocli..", ".cli..");

    @ArchTest
    static final ArchRule nobodyElseSeesRe2 = only("com.google.re2j..", ".output..");

    private static ArchRule only(String library, String room) {
        return noClasses()
                .that(not(resideInAPackage(ROOT + room)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library);
    }

    @ArchTest
    static final ArchRule theTimeIsAnArgument = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".runtime..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Clock.class, "systemUTC");
}
