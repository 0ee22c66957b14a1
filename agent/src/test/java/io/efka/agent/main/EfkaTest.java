package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.threads.ExitCode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EfkaTest {
    private final CommandLineFixture here = new CommandLineFixture();

    @Nested
    class Help {
        @Test
        void ofCheckIsShortAndBeginsWithExamples() {
            assertThat(here.efka("check", "--help")).isZero();
            assertThat(here.out()).isEqualTo("""
                    Checks manifests, command payloads and configurations, and names everything that is wrong.

                    Examples:
                      efka check hello.json
                      efka check /etc/efka/efka.json services/*/manifest.json
                      generate-manifest | efka check --json -

                    Usage: efka check [OPTIONS] FILE...
                          FILE...   A manifest, the payload of an install or apply command, or a configuration; -: stdin
                          --json    One JSON document for all files, for machines
                      -h, --help    Shows this help.

                    Recognises by the keys what a file is: a manifest, the payload of install or apply, or a
                    configuration. A device can still refuse what depends on it, such as a patch or a work_dir.

                    Exit code 0: no faults (there may be warnings); 65: faults, or a file that is none of these;
                    66: a file cannot be read.
                    """);
        }

        @ParameterizedTest
        @ValueSource(strings = {"run", "demo", "check"})
        void beginsWithExamples(String command) {
            here.efka(command, "--help");

            assertThat(here.out().lines().skip(2).limit(2))
                    .satisfiesExactly(
                            heading -> assertThat(heading).isEqualTo("Examples:"),
                            example -> assertThat(example).startsWith("  efka " + command));
        }

        @ParameterizedTest
        @EnumSource(Setting.class)
        void ofRunNamesEverySetting(Setting setting) {
            here.efka("run", "--help");

            String value = "=" + setting.placeholder();
            assertThat(here.out())
                    .contains(setting.flag() + (setting.shape() == Setting.Shape.FLAG ? "[" + value + "]" : value));
        }

        @ParameterizedTest
        @EnumSource(ExitCode.class)
        void ofEfkaNamesEveryExitCode(ExitCode code) {
            here.efka("--help");

            assertThat(here.out()).contains(code.number() + "  " + code.meaning());
        }

        @ParameterizedTest
        @ValueSource(strings = {"run", "demo", "check"})
        void linesFitATerminal(String command) {
            here.efka(command, "--help");

            assertThat(here.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(104));
        }
    }

    @Nested
    class Mistakes {
        @Test
        void noCommandAtAll() {
            assertThat(here.efka()).isEqualTo(64);
            assertThat(here.err()).contains("efka --help");
        }

        @Test
        void aMistypedCommandIsToldTheNearestOne() {
            assertThat(here.efka("rum")).isEqualTo(64);
            assertThat(here.err()).contains("efka run");
        }

        @ParameterizedTest
        @ValueSource(strings = {"desired", "desired --broker=tcp://x", "desired pull"})
        void aCommandThatNeedsAnotherOneNamesThem(String typed) {
            assertThat(here.efka(typed.split(" "))).isEqualTo(64);
            assertThat(here.err()).contains("desired needs one of: ls, get, put, rm", "efka desired --help");
        }

        @ParameterizedTest
        @ValueSource(strings = {"--port=70000", "--port=many", "--ws-port=-1", "--page-port=65536", "--device=a/b"})
        void ofTheDemoAreToldBeforeAnythingStarts(String argument) {
            assertThat(here.efka("demo", argument)).isEqualTo(64);
            assertThat(here.err()).contains(argument.substring(0, argument.indexOf('=')));
        }
    }

    @Test
    void theVersionIsToldInOneLine() {
        assertThat(here.efka("--version")).isZero();
        assertThat(here.out()).startsWith("efka ").hasLineCount(1);
    }
}
