package io.efka.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.efka.agent.app.Lifecycle.StartException;
import io.efka.agent.app.Lifecycle.StartException.Reason;
import io.efka.agent.app.Settings;
import io.efka.agent.command.handler.AgentLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class RunCommandTest {
    private final CommandLineFixture here = new CommandLineFixture();

    @TempDir
    Path folder;

    @Nested
    class WithoutAnySetting {
        @Test
        void everyDefaultIsTheOneInTheHelp() {
            assertThat(here.efka("run")).isZero();

            Settings settings = here.settings();
            assertThat(settings.broker().uris()).hasToString("[tcp://localhost:1883]");
            assertThat(settings.broker().clientId()).isEqualTo("efka-host1");
            assertThat(settings.device()).hasToString("host1");
            assertThat(settings.prefix()).isEqualTo("efka");
            assertThat(settings.groups()).isEmpty();
            assertThat(settings.folders().data()).hasToString("/home/eve/.local/share/efka");
            assertThat(settings.folders().logs()).hasToString("/home/eve/.local/share/efka/logs");
            assertThat(settings.folders().workDirRoots()).isEmpty();
            assertThat(settings.artifacts()).isEqualTo(Settings.Artifacts.STANDARD);
            assertThat(settings.ledger()).isEqualTo(new Settings.LedgerBounds(1_000, Duration.ofHours(24)));
            assertThat(settings.metricsInterval()).isEqualTo(Duration.ofSeconds(30));
            assertThat(settings.stopTimeout()).isEqualTo(Duration.ofSeconds(30));
            assertThat(settings.selfCheckTimeout()).isEqualTo(Duration.ofSeconds(60));
            assertThat(settings.homeAssistant()).isEmpty();
        }

        @Test
        void aHostNameThatIsNoLegalDeviceIdIsRefusedWithASuggestion() {
            here.hostName = "eve's laptop";

            assertThat(here.efka("run")).isEqualTo(78);
            assertThat(here.err())
                    .contains("host name: must be 1-64 of A-Z a-z 0-9 . _ -")
                    .contains("for example \"eve-s-laptop\"")
                    .contains("--device");
        }

        @Test
        void aHostNameThatTheContainersRuntimeMadeUpIsRefused() {
            here.hostName = "3f2a9c01d4e7";
            here.isInContainer = true;

            assertThat(here.efka("run")).isEqualTo(78);
            assertThat(here.err())
                    .contains("host name: must stay the same when this container is made anew: name the device with"
                            + " EFKA_DEVICE or --device, was \"3f2a9c01d4e7\"");
        }

        @Test
        void aHostNameThatSomebodyGaveTheContainerIsTheDevice() {
            here.hostName = "cam7";
            here.isInContainer = true;
            here.efka("run");
            assertThat(here.settings().device()).hasToString("cam7");
        }

        @Test
        void aMachineMayBeCalledLikeItsNetworkCard() {
            here.hostName = "b827eb3f2a9c";
            here.efka("run");
            assertThat(here.settings().device()).hasToString("b827eb3f2a9c");
        }
    }

    @Nested
    class Sources {
        @Test
        void theVariableOfTheLogLevelIsCalledLikeItsFlag() {
            here.environment.put("EFKA_LOG_LEVEL", "loud");

            assertThat(here.efka("run")).isEqualTo(78);
            assertThat(here.err()).contains("EFKA_LOG_LEVEL: must be error, warn, info, debug or trace");
        }

        @ParameterizedTest
        @CsvSource({
            "flag, environment, file, flag",
            "'', environment, file, environment",
            "'', '', file, file",
            "flag, '', file, flag"
        })
        void theFlagWinsOverTheEnvironmentAndThatOverTheFile(
                String flag, String environment, String file, String winner) throws IOException {
            here.environment.put("EFKA_DEVICE", environment);
            String config = config("{\"device\": \"" + file + "\"}");

            int code = flag.isEmpty()
                    ? here.efka("run", "--config", config)
                    : here.efka("run", "--config", config, "--device", flag);

            assertThat(code).isZero();
            assertThat(here.settings().device()).hasToString(winner);
        }

        @ParameterizedTest
        @EnumSource(Setting.class)
        void everySettingHasAVariable(Setting setting) {
            here.environment.put(setting.environment(), "\u0000 is right nowhere");

            here.efka("run");

            if (setting != Setting.USERNAME) assertThat(here.err()).contains("efka: " + setting.environment() + ": ");
        }

        @Test
        void aConfigFileCanHoldEverySetting() throws IOException {
            int code = here.efka("run", "--config", config("""
                    {"broker": ["ssl://a.example", "wss://b.example/mqtt"], "device": "cam7", "groups": ["x", "y"],
                     "prefix": "site/efka", "client_id": "me", "username": "eve", "password_file": "/p", "ca": "/ca",
                     "cert": "/cert", "key": "/key", "data_dir": "/d", "log_dir": "/l", "work_dir_roots": ["/r", "/s"],
                     "artifact_cache": 2000000, "artifact_roots": ["/media"], "artifact_ca": "/aca",
                     "artifact_credentials": "/creds", "allow_http": true, "download_rate": "64KiB", "max_unpacked": "3 GB",
                     "max_hold": "2h", "serve_artifacts": true,
                     "metrics_interval": "0", "ledger_entries": 50, "ledger_age": "7d", "stop_timeout": "5s",
                     "heartbeat_file": "/dev/shm/efka", "home_assistant": "ha/disc", "log_level": "warn"}"""));

            assertThat(code).isZero();
            Settings settings = here.settings();
            assertThat(settings.broker().uris()).hasToString("[ssl://a.example:8883, wss://b.example:443/mqtt]");
            assertThat(settings.broker().username()).hasValue("eve");
            assertThat(settings.broker().key()).hasValue(Path.of("/key"));
            assertThat(settings.groups()).hasToString("[x, y]");
            assertThat(settings.folders())
                    .isEqualTo(new Settings.Folders(
                            Path.of("/d"),
                            Path.of("/l"),
                            List.of(Path.of("/r"), Path.of("/s")),
                            Optional.of(Path.of("/dev/shm/efka"))));
            assertThat(settings.artifacts())
                    .isEqualTo(new Settings.Artifacts(
                            2_000_000,
                            List.of(Path.of("/media")),
                            Optional.of(Path.of("/aca")),
                            Optional.of(Path.of("/creds")),
                            true,
                            65_536,
                            3_000_000_000L,
                            true));
            assertThat(settings.metricsInterval()).isZero();
            assertThat(settings.homeAssistant()).hasValue("ha/disc");
            assertThat(settings.ledger()).isEqualTo(new Settings.LedgerBounds(50, Duration.ofDays(7)));
        }

        @Test
        void aHangupReadsTheLevelOfTheLogAndTheFilesOfTheAgentAgain() throws IOException {
            String config = config("{\"device\": \"cam7\", \"log_level\": \"warn\"}");
            here.efka("run", "--config", config);
            assertThat(Logging.processLog().configured()).isEqualTo(AgentLog.Level.WARN);

            Files.writeString(Path.of(config), "{\"device\": \"cam7\", \"log_level\": \"info\"}");
            here.hangUp();

            assertThat(Logging.processLog().configured()).isEqualTo(AgentLog.Level.INFO);
            assertThat(here.rereads).isEqualTo(1);
            assertThat(here.halts).isEmpty();
        }

        @Test
        void aHangupWithABrokenConfigFileChangesNothingButReadsTheOtherFilesAgain() throws IOException {
            String config = config("{\"device\": \"cam7\", \"log_level\": \"info\"}");
            here.efka("run", "--config", config);

            for (String broken : List.of("{", "{\"log_level\": \"loud\"}")) {
                Files.writeString(Path.of(config), broken);
                here.hangUp();
            }
            Files.delete(Path.of(config));
            here.hangUp();

            assertThat(Logging.processLog().configured()).isEqualTo(AgentLog.Level.INFO);
            assertThat(here.rereads).isEqualTo(3);
        }

        @Test
        void aYesOrNoNeedsNoValueOnTheCommandLine() {
            assertThat(here.efka("run", "--allow-http", "--device", "cam7")).isZero();
            assertThat(here.settings().artifacts().allowHttp()).isTrue();
            assertThat(here.efka("run", "--allow-http", "false")).isZero();
            assertThat(here.settings().artifacts().allowHttp()).isFalse();
        }

        @Test
        void theConfigFileItselfMayBeNamedInTheEnvironment() throws IOException {
            here.environment.put("EFKA_CONFIG", config("{\"device\": \"cam7\"}"));

            here.efka("run");

            assertThat(here.settings().device()).hasToString("cam7");
        }
    }

    @Test
    void aConfigFileThatCanHaveNoSuchNameIsAMistakeAndNoFaultOfEfka() {
        here.environment.put("EFKA_CONFIG", "a\0b");

        assertThat(here.efka("run")).isEqualTo(64);

        assertThat(here.err()).contains("--config must be the name of a file");
    }

    @Nested
    class Brokers {
        @ParameterizedTest
        @CsvSource({
            "tcp://h, tcp://h:1883",
            "ssl://h, ssl://h:8883",
            "ws://h, ws://h:80",
            "wss://h/mqtt, wss://h:443/mqtt",
            "mqtt://h, tcp://h:1883",
            "mqtts://h:1, ssl://h:1",
            "TCP://h:99, tcp://h:99",
            "tcp://[::1], tcp://[::1]:1883"
        })
        void portsAndAliasesAreFilledIn(String written, String read) {
            here.efka("run", "--broker", written);

            assertThat(here.settings().broker().uris()).hasToString("[" + read + "]");
        }

        @Test
        void severalAreTriedInTheOrderWritten() {
            here.efka("run", "--broker", "tcp://b, tcp://a");

            assertThat(here.settings().broker().uris()).hasToString("[tcp://b:1883, tcp://a:1883]");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                broker.example        | tcp://broker.example?
                htp://h               | not htp://
                tcp://                | must be scheme://host:port
                tcp://h:99999         | a port of 1-65535
                tcp://h:0             | a port of 1-65535
                tcp://my_host         | must name a host
                tcp://h/path          | must end after the port
                tcp://h?x=1           | must have no ? or #
                tcp://a,,tcp://b      | between the commas
                tcp://h h             | must be scheme://host:port
                """)
        void aWrongOneIsToldWhatWouldBeRight(String written, String hint) {
            assertThat(here.efka("run", "--broker", written)).isEqualTo(64);
            assertThat(here.err()).contains("efka: --broker: ").contains(hint).contains("was \"" + written + "\"");
        }

        @Test
        void aPasswordWithinIsNotRepeated() {
            assertThat(here.efka("run", "--broker", "tcp://eve:secret@h")).isEqualTo(64);
            assertThat(here.err()).contains("--password-file").doesNotContain("secret");
        }
    }

    @Nested
    class WrongValues {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                --device           | group     | must not be "group"
                --device           | a/b       | for example "a-b"
                --device           | ../x      | for example "x"
                --groups           | a,b/c     | must be names
                --prefix           | a//b      | must be topic levels
                --prefix           | a/+       | must be topic levels
                --prefix           | $SYS      | must be topic levels
                --client-id        | a b       | printable
                --work-dir-roots   | srv       | must be absolute paths
                --artifact-cache   | 1GB/s     | as in 500MiB or 1GiB
                --artifact-cache   | 1000      | must be a number of bytes from 1MiB to 1048576GiB
                --artifact-roots   | media     | must be absolute paths
                --allow-http       | maybe     | must be true or false
                --download-rate    | 10        | from 1KiB
                --max-unpacked     | 2TiB      | as in 500MiB or 1GiB
                --max-hold         | 31d       | must be from 1s to 30d
                --metrics-interval | 10        | as in 30s
                --metrics-interval | 10ms      | must be from 1s to 1d
                --ledger-entries   | 0         | must be a number from 1 to 100000
                --ledger-entries   | 1e3       | must be a number from 1 to 100000
                --ledger-age       | 31d       | must be from 0 to 30d
                --stop-timeout     | 0         | must be from 1s to 10m
                --self-check-timeout | 5s      | must be from 10s to 1h
                --stop-timeout     | soon      | must be a number and a unit
                --home-assistant   | true      | as in homeassistant
                --home-assistant   | ha/       | must be Home Assistant's discovery prefix
                --home-assistant   | ha/#      | must be Home Assistant's discovery prefix
                --log-level        | loud      | must be error, warn, info, debug or trace
                --cert             | c.pem     | name --key as well
                --key              | k.pem     | name --cert as well
                """)
        void areRefusedWithWhatWouldBeRight(String flag, String value, String hint) {
            assertThat(here.efka("run", flag, value)).isEqualTo(64);
            assertThat(here.err()).contains("efka: " + flag + ": ").contains(hint);
            assertThat(here.started).isEmpty();
        }

        @Test
        void areAllToldAtOnceEachWithItsSource() throws IOException {
            here.environment.put("EFKA_STOP_TIMEOUT", "long");
            String config = config("{\"ledger_age\": \"old\", \"brokr\": \"tcp://h\"}");

            assertThat(here.efka("run", "--config", config, "--device", "-x")).isEqualTo(78);
            assertThat(here.err())
                    .contains("efka: --device: ")
                    .contains(
                            "efka: EFKA_STOP_TIMEOUT: must be a number and a unit (ms, s, m, h, d), as in 30s, was \"long\"")
                    .contains("efka: " + config + ": ledger_age: ")
                    .contains("efka: " + config + ": brokr: must be a setting (did you mean \"broker\"?)");
        }

        @Test
        void anUnknownFlagIsToldTheNearestOne() {
            assertThat(here.efka("run", "--devise", "x")).isEqualTo(64);
            assertThat(here.err()).contains("--devise").contains("--device").contains("efka run --help");
        }
    }

    @Nested
    class ConfigFiles {
        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                {"broker": "tcp://h",}                  | must be JSON (no comments, no trailing commas)
                {"broker": "tcp://h" // x               | must be JSON
                {broker: "tcp://h"}                     | must be JSON
                {"broker": "tcp://h"} {}                | must be JSON
                ["tcp://h"]                             | must be one JSON object
                {"device": 7}                           | device: must be a string, was a number
                {"device": null}                        | device: must be a string, was null
                {"broker": ["tcp://h", 1]}              | broker: must be a list of strings, or a string
                {"ledger_entries": {}}                  | ledger_entries: must be a number, was an object
                {"allow_http": 1}                       | allow_http: must be true or false, was a number
                {"artifact_cache": true}                | artifact_cache: must be a size such as "1GiB", or a number of bytes
                {"device": "a", "device": "b"}          | device: must be there once
                {"data-dir": "/x"}                      | did you mean "data_dir"?
                """)
        void areReadStrictly(String json, String hint) throws IOException {
            assertThat(here.efka("run", "--config", config(json))).isEqualTo(78);
            assertThat(here.err()).contains(hint);
        }

        @Test
        void oneThatIsMissingIsNoInput() {
            assertThat(here.efka("run", "--config", "/nowhere/efka.json")).isEqualTo(66);
            assertThat(here.err()).contains("/nowhere/efka.json: no such file");
        }

        @Test
        void oneThatIsNoTextIsRefused() throws IOException {
            Path file = Files.write(folder.resolve("binary"), new byte[] {'{', (byte) 0xff, '}'});

            assertThat(here.efka("run", "--config", file.toString())).isEqualTo(78);
            assertThat(here.err()).contains("is not UTF-8 text");
        }
    }

    @Nested
    class Refusals {
        @ParameterizedTest
        @CsvSource({"DATA_FOLDER_BUSY, 75", "DATA_FOLDER_UNUSABLE, 73", "UNAVAILABLE, 69"})
        void ofTheAgentSayWhyAndHaveACode(Reason reason, int code) {
            here.refusal = Optional.of(new StartException(reason, "because of this"));

            assertThat(here.efka("run")).isEqualTo(code);
            assertThat(here.err()).contains("efka: because of this");
        }
    }

    private String config(String json) throws IOException {
        return Files.writeString(folder.resolve("efka.json"), json).toString();
    }
}
