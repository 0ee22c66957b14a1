package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.Fault;
import io.efka.protocol.manifest.ManifestReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckCommandTest {
    private final CommandLineFixture here = new CommandLineFixture();

    @TempDir
    Path folder;

    @Nested
    class Manifests {
        @ParameterizedTest
        @ValueSource(strings = {"{\"exec\": \"run.sh\"}", "{\"serivce_id\": \"a\", \"groups\": 1}", "not JSON", "{}"})
        void areTakenForManifestsByTheirContent(String text) throws IOException {
            here.efka("check", file("x", text));

            assertThat(here.manifestsRead).containsExactly(text);
        }

        @Test
        void allFaultsAreToldWithKeyExpectationAndValue() throws IOException {
            here.manifest = new ManifestReading.Unusable(List.of(
                    new Fault("exec", "missing", "must be a string"), new Fault("args", "7", "must be a list")));
            String file = file("manifest.json", "{\"exec\": 1}");

            assertThat(here.efka("check", file)).isEqualTo(65);
            assertThat(here.out())
                    .isEqualTo(file + ": manifest, 2 faults\n"
                            + "  exec: must be a string, was missing\n  args: must be a list, was 7\n");
        }
    }

    @Nested
    class Configs {
        @Test
        void aGoodOneIsSaidToBeGood() throws IOException {
            String file = file("efka.json", "{\"broker\": \"tcp://h\"}");

            assertThat(here.efka("check", file)).isZero();
            assertThat(here.out()).isEqualTo(file + ": config, no faults\n");
        }

        @Test
        void faultsAreToldAllAtOnce() throws IOException {
            assertThat(here.efka("check", file("efka.json", "{\"broker\": \"h\", \"devise\": \"x\"}")))
                    .isEqualTo(65);
            assertThat(here.out())
                    .contains("config, 2 faults")
                    .contains("  broker: ")
                    .contains("did you mean \"device\"?");
        }

        @Test
        void whatIsProbablyNotMeantIsAWarning() throws IOException {
            assertThat(here.efka("check", file("efka.json", "{\"password_file\": \"/nowhere\"}")))
                    .isZero();
            assertThat(here.out())
                    .contains("  warning: the password file /nowhere cannot be read")
                    .contains("  warning: a password file is named but no user name");
        }

        @Test
        void theMachineItRunsOnHasNoSay() throws IOException {
            here.hostName = "no legal name";
            here.environment.put("EFKA_BROKER", "wrong");

            assertThat(here.efka("check", file("efka.json", "{\"prefix\": \"efka\"}")))
                    .isZero();
        }
    }

    @Nested
    class WhatCannotBeRead {
        @Test
        void oneThatCannotBeReadOutweighsFaults() throws IOException {
            String bad = file("efka.json", "{\"broker\": \"h\"}");

            assertThat(here.efka("check", bad, folder.resolve("none").toString()))
                    .isEqualTo(66);
            assertThat(here.err()).contains("none: no such file");
            assertThat(here.out()).contains("config, 1 fault\n");
        }

        @Test
        void aFolderIsNoFile() {
            assertThat(here.efka("check", folder.toString())).isEqualTo(66);
            assertThat(here.err()).contains("is a folder");
        }

        @Test
        void oneThatIsTooLargeIsNotRead() throws IOException {
            assertThat(here.efka("check", file("big", " ".repeat((1 << 20) + 1))))
                    .isEqualTo(66);
            assertThat(here.err()).contains("larger than 1 MiB");
        }

        @Test
        void oneThatIsNoTextHasAFault() throws IOException {
            Path file = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xc0, 0});

            assertThat(here.efka("check", file.toString())).isEqualTo(65);
        }
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }
}
