package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckCommandTest {
    private static final String HELLO = "{'service_id': 'hello', 'exec': 'run.sh', 'health_check': 'process:'}";

    private final CommandLineFixture here = new CommandLineFixture();

    @TempDir
    Path folder;

    @Nested
    class Recognition {
        @ParameterizedTest
        @CsvSource(
                quoteCharacter = '~',
                delimiter = '|',
                value = {
                    "{'exec': 'run.sh'}                      | manifest",
                    "{'serivce_id': 'a', 'groups': 1}        | manifest",
                    "{'servce_id': 'a', 'helth_check': 'x'}  | manifest",
                    "{'manifest': {}, 'start': true}         | install payload",
                    "{'work_dir': '/srv/camera'}             | install payload",
                    "{'manifset': {}}                        | install payload",
                    "{'services': {}}                        | apply payload",
                    "{'broker': 'tcp://h', 'groups': []}     | configuration",
                    "{'devise': 'x'}                         | configuration",
                })
        void goesByTheKeysAlsoMisspeltOnes(String json, String kind) throws IOException {
            String file = file("x", json);
            here.efka("check", file);

            assertThat(here.out()).startsWith(file + ": " + kind + ", ");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{}", "[1]", "{'colour': 'red'}", ""})
        void ofNothingThatEfkaReadsSaysWhatItReads(String json) throws IOException {
            String file = file("x", json);

            assertThat(here.efka("check", file)).isEqualTo(65);
            assertThat(here.out())
                    .startsWith(file + ": not recognised, 1 fault\n")
                    .contains("manifest (service_id")
                    .contains("install payload (manifest")
                    .contains("apply payload (services")
                    .contains("configuration (broker");
        }

        @Test
        void ofWhatIsNoJsonNamesThePlace() throws IOException {
            assertThat(here.efka("check", file("x", "{'exec': 'run.sh',\n 'args': [1,]}")))
                    .isEqualTo(65);
            assertThat(here.out()).contains("must be JSON, and is wrong at line 2 column 14, was \"args\": [1,]}\n");
        }
    }

    @Nested
    class Manifests {
        @Test
        void allFaultsAreToldWithKeyExpectationAndValue() throws IOException {
            String file = file("manifest.json", "{'service_id': 'a', 'exec': 'run.sh', 'args': 7}");

            assertThat(here.efka("check", file)).isEqualTo(65);
            assertThat(here.out())
                    .startsWith(file + ": manifest, 2 faults\n")
                    .contains("\n  args: must be a list of strings, was 7\n")
                    .contains("\n  health_check: ")
                    .contains(", was missing\n");
        }

        @Test
        void whatIsIgnoredIsAWarning() throws IOException {
            String file = file("manifest.json", HELLO.replace("}", ", 'autostrt': true}"));

            assertThat(here.efka("check", file)).isZero();
            assertThat(here.out())
                    .startsWith(file + ": manifest, no faults\n  warning: ")
                    .contains("autostart");
        }
    }

    @Nested
    class Installs {
        @Test
        void aGoodOneIsSaidToBeGood() throws IOException {
            String file = file("hello.json", "{'manifest': " + HELLO + ", 'files': {'run.sh': {'text': 'x'}}}");

            assertThat(here.efka("check", file)).isZero();
            assertThat(here.out()).isEqualTo(file + ": install payload, no faults\n");
        }

        @Test
        void faultsAreToldWithTheirPathInThePayload() throws IOException {
            String manifest = HELLO.replace("'run.sh'", "'run it'");

            assertThat(here.efka("check", file("hello.json", "{'manifest': " + manifest + ", 'start': 1}")))
                    .isEqualTo(65);
            assertThat(here.out())
                    .contains("  start: must be true or false, was 1\n")
                    .contains("  manifest.exec: must be a program without spaces");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{'run.sh': {'text': 'x', 'mode': 'rwx'}}",
                    "{'../run.sh': {'text': 'x'}}",
                    "{'run.sh': {'base64': '!'}}",
                })
        void filesThatCannotBeWrittenAreFaults(String files) throws IOException {
            assertThat(here.efka("check", file("hello.json", "{'manifest': " + HELLO + ", 'files': " + files + "}")))
                    .isEqualTo(65);
            assertThat(here.out()).contains(", 1 fault\n  files");
        }

        @Test
        void theManifestMayBeAmongTheFiles() throws IOException {
            String file = file("x", "{'files': {'manifest.json': {'text': '" + HELLO.replace("'", "\\\"") + "'}}}");

            here.efka("check", file);

            assertThat(here.out()).contains("install payload");
        }

        @Test
        void aFolderOfTheDeviceIsNotLookedAt() throws IOException {
            assertThat(here.efka("check", file("x", "{'work_dir': '/nowhere'}")))
                    .isZero();
        }
    }

    @Nested
    class Applies {
        @Test
        void everyServiceIsChecked() throws IOException {
            String services = "{'hello': {'manifest': " + HELLO + "}, 'wrong': {'manifest': " + HELLO + "},"
                    + " 'there': {'desired': 'up'}, 'as-it-is': {}}";

            assertThat(here.efka("check", file("fleet.json", "{'services': " + services + "}")))
                    .isEqualTo(65);
            assertThat(here.out())
                    .contains(": apply payload, 2 faults\n")
                    .contains("  services.there.desired: must be \"running\" or \"stopped\", was \"up\"\n")
                    .contains("  services.wrong.manifest.service_id: must be \"wrong\"");
        }

        @Test
        void servicesThatWaitForEachOtherAreFaults() throws IOException {
            String other = HELLO.replace("hello", "other");
            String services = "{'hello': {'manifest': " + HELLO.replace("}", ", 'after': ['other']}")
                    + "}, 'other': {'manifest': " + other.replace("}", ", 'after': ['hello']}") + "}}";

            assertThat(here.efka("check", file("fleet.json", "{'services': " + services + "}")))
                    .isEqualTo(65);
            assertThat(here.out()).contains("hello -> other -> hello");
        }

        @Test
        void whatOnlyTheDeviceKnowsIsNoFault() throws IOException {
            String services = "{'a': {'patch': {'env': {'X': '1'}}}, 'b': {'work_dir': '/srv/b'}, 'c': {}}";

            assertThat(here.efka("check", file("fleet.json", "{'services': " + services + "}")))
                    .isZero();
        }
    }

    @Nested
    class Configurations {
        @Test
        void aGoodOneIsSaidToBeGood() throws IOException {
            String file = file("efka.json", "{'broker': 'tcp://h'}");

            assertThat(here.efka("check", file)).isZero();
            assertThat(here.out()).isEqualTo(file + ": configuration, no faults\n");
        }

        @Test
        void faultsAreToldAllAtOnce() throws IOException {
            assertThat(here.efka("check", file("efka.json", "{'broker': 'h', 'devise': 'x'}")))
                    .isEqualTo(65);
            assertThat(here.out())
                    .contains("configuration, 2 faults")
                    .contains("  broker: ")
                    .contains("did you mean \"device\"?");
        }

        @Test
        void whatIsProbablyNotMeantIsAWarning() throws IOException {
            assertThat(here.efka("check", file("efka.json", "{'password_file': '/nowhere'}")))
                    .isZero();
            assertThat(here.out())
                    .contains("  warning: the password file /nowhere cannot be read")
                    .contains("  warning: a password file is named but no user name");
        }

        @Test
        void theMachineItRunsOnHasNoSay() throws IOException {
            here.hostName = "no legal name";
            here.environment.put("EFKA_BROKER", "wrong");

            assertThat(here.efka("check", file("efka.json", "{'prefix': 'efka'}")))
                    .isZero();
        }
    }

    @Nested
    class ForMachines {
        @Test
        void severalFilesAreOneDocument() throws IOException {
            String good = file("good", HELLO);
            String bad = file("bad", "{'services': 7}");

            assertThat(here.efka(
                            "check", "--json", good, bad, folder.resolve("none").toString()))
                    .isEqualTo(66);
            assertThat(JsonParser.parseString(here.out())).isEqualTo(JsonParser.parseString("""
                    {"v": 1, "ok": false, "files": [
                      {"file": "%1$s/good", "ok": true, "kind": "manifest", "faults": [], "warnings": []},
                      {"file": "%1$s/bad", "ok": false, "kind": "apply", "warnings": [], "faults": [
                        {"key": "services", "value": "7", "expected": "must be an object"}]},
                      {"file": "%1$s/none", "ok": false, "error": "%1$s/none: no such file"}]}
                    """.formatted(folder)));
        }

        @Test
        void aFileOfNoKindIsUnknown() throws IOException {
            assertThat(here.efka("check", "--json", file("x", "7"))).isEqualTo(65);
            JsonObject document = JsonParser.parseString(here.out()).getAsJsonObject();
            assertThat(document.getAsJsonArray("files")
                            .get(0)
                            .getAsJsonObject()
                            .get("kind")
                            .getAsString())
                    .isEqualTo("unknown");
        }
    }

    @Nested
    class Reading {
        @Test
        void aHyphenIsStdin() {
            here.stdin = HELLO.replace('\'', '"');

            assertThat(here.efka("check", "-")).isZero();
            assertThat(here.out()).isEqualTo("stdin: manifest, no faults\n");
        }

        @Test
        void oneThatCannotBeReadOutweighsFaults() throws IOException {
            String bad = file("efka.json", "{'broker': 'h'}");

            assertThat(here.efka("check", bad, folder.resolve("none").toString()))
                    .isEqualTo(66);
            assertThat(here.err()).contains("none: no such file");
            assertThat(here.out()).contains("configuration, 1 fault\n");
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
            assertThat(here.out()).contains("must be UTF-8 text");
        }
    }

    /** With {@code '} for {@code "}. */
    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text.replace('\'', '"')).toString();
    }
}
