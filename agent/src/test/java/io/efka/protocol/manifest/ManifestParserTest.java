package io.efka.protocol.manifest;

import static io.efka.protocol.manifest.ManifestTexts.faults;
import static io.efka.protocol.manifest.ManifestTexts.read;
import static io.efka.protocol.manifest.ManifestTexts.usable;
import static io.efka.protocol.manifest.ManifestTexts.warnings;
import static io.efka.protocol.manifest.ManifestTexts.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.efka.protocol.Fault;
import io.efka.protocol.ServiceId;
import io.efka.protocol.Signal;
import io.efka.protocol.manifest.Manifest.HealthCheck;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestParserTest {
    @Nested
    class WithoutOptionalKeys {
        private final Manifest manifest = usable(with(""));

        @Test
        void hasTheDefaultsOfTheProtocol() {
            assertThat(manifest)
                    .isEqualTo(new Manifest(
                            new ServiceId("camera"),
                            new Manifest.Program(
                                    "run.sh",
                                    List.of(),
                                    Map.of(),
                                    Optional.empty(),
                                    Optional.empty(),
                                    OptionalInt.empty()),
                            new Manifest.Health(
                                    new HealthCheck.Alive(),
                                    Duration.ofSeconds(10),
                                    Duration.ofSeconds(2),
                                    Duration.ofSeconds(30),
                                    3,
                                    Manifest.OnUnhealthy.RESTART),
                            new Manifest.Readiness(Manifest.Readiness.Kind.SPAWN, Duration.ofSeconds(30)),
                            Optional.empty(),
                            new Manifest.RestartRule(
                                    Manifest.RestartRule.Policy.ALWAYS,
                                    Duration.ofSeconds(10),
                                    Duration.ofSeconds(1),
                                    Duration.ofSeconds(60),
                                    0,
                                    Duration.ofMinutes(10)),
                            new Manifest.StopRule(Optional.empty(), List.of(), Signal.TERM, Duration.ofSeconds(10)),
                            new Manifest.Limits(
                                    OptionalLong.empty(),
                                    OptionalDouble.empty(),
                                    OptionalLong.empty(),
                                    OptionalLong.empty(),
                                    OptionalLong.empty()),
                            List.of(),
                            new Manifest.OutputRule(
                                    16 * 1024 * 1024,
                                    256 * 1024 * 1024,
                                    0,
                                    Duration.ofMillis(50),
                                    64 * 1024,
                                    Manifest.OutputRule.Stderr.SEPARATE),
                            Manifest.OnAgentExit.STOP,
                            true,
                            Optional.empty(),
                            Optional.empty(),
                            List.of()));
        }

        @Test
        void hasNoWarnings() {
            assertThat(warnings(with(""))).isEmpty();
        }

        @Test
        void writtenDefaultsMeanTheSame() {
            assertThat(usable(with("""
                'health':{'interval':'10s','timeout':'2s','start_period':'30s','failures':3,'on_unhealthy':'restart'},
                'ready':'spawn','ready_timeout':'30s','args':[],'env':{},'after':[],'limits':{},
                'restart':{'policy':'always','stable':'10s','delay':'1s','max_delay':'60s','limit':0,'window':'10m'},
                'stop':{'signal':'TERM','grace':'10s'},
                'output':{'keep':'16MiB','backlog':'256MiB','rate':0,'linger':'50ms','batch':'64KiB','stderr':'separate'},
                'on_agent_exit':'stop','autostart':true"""))).isEqualTo(manifest);
        }
    }

    @Nested
    class WithEveryKey {
        @Test
        void readsThemAll() {
            assertThat(usable(read("""
                {'service_id':'camera','exec':'/usr/bin/python3','args':['-u','main.py','a b'],
                 'health_check':'http://localhost:8080/health?deep=1',
                 'health':{'interval':'5s','timeout':'500ms','start_period':'0s','failures':1,'on_unhealthy':'report'},
                 'ready':'health','ready_timeout':'2m','watchdog':'15s',
                 'restart':{'policy':'on-failure','stable':'1m','delay':'2s','max_delay':'1h','limit':1000,'window':'2h'},
                 'stop':{'exec':'stop.sh','args':['now'],'signal':'int','grace':'3s'},
                 'env':{'MODE':'fast','EMPTY':''},'user':'www-data','group':'33','umask':'0027',
                 'limits':{'memory':'64MiB','cpu':0.5,'pids':20,'nofile':1024,'core':0},
                 'after':['db','net.up'],
                 'output':{'keep':'10MB','backlog':'1GiB','rate':1000,'linger':'0ms','batch':1,'stderr':'merge'},
                 'on_agent_exit':'keep','autostart':false,'release':'1.4.2+7','platform':'linux/arm64'}""")))
                    .isEqualTo(new Manifest(
                            new ServiceId("camera"),
                            new Manifest.Program(
                                    "/usr/bin/python3",
                                    List.of("-u", "main.py", "a b"),
                                    Map.of("MODE", "fast", "EMPTY", ""),
                                    Optional.of("www-data"),
                                    Optional.of("33"),
                                    OptionalInt.of(0027)),
                            new Manifest.Health(
                                    new HealthCheck.Http(URI.create("http://localhost:8080/health?deep=1")),
                                    Duration.ofSeconds(5),
                                    Duration.ofMillis(500),
                                    Duration.ZERO,
                                    1,
                                    Manifest.OnUnhealthy.REPORT),
                            new Manifest.Readiness(Manifest.Readiness.Kind.HEALTH, Duration.ofMinutes(2)),
                            Optional.of(Duration.ofSeconds(15)),
                            new Manifest.RestartRule(
                                    Manifest.RestartRule.Policy.ON_FAILURE,
                                    Duration.ofMinutes(1),
                                    Duration.ofSeconds(2),
                                    Duration.ofHours(1),
                                    1000,
                                    Duration.ofHours(2)),
                            new Manifest.StopRule(
                                    Optional.of("stop.sh"), List.of("now"), Signal.INT, Duration.ofSeconds(3)),
                            new Manifest.Limits(
                                    OptionalLong.of(64L << 20),
                                    OptionalDouble.of(0.5),
                                    OptionalLong.of(20),
                                    OptionalLong.of(1024),
                                    OptionalLong.of(0)),
                            List.of(new ServiceId("db"), new ServiceId("net.up")),
                            new Manifest.OutputRule(
                                    10_000_000, 1 << 30, 1000, Duration.ZERO, 1, Manifest.OutputRule.Stderr.MERGE),
                            Manifest.OnAgentExit.KEEP,
                            false,
                            Optional.empty(),
                            Optional.of("1.4.2+7"),
                            List.of("linux/arm64")));
        }
    }

    @Nested
    class SeedSpelling {
        @Test
        void isAccepted() {
            assertThat(usable(read("{'serivce_id':'old','exec':'a','health_check':'process:'}"))
                            .id())
                    .isEqualTo(new ServiceId("old"));
        }

        @Test
        void isNoWarning() {
            assertThat(warnings(with("'serivce_id':'camera'"))).isEmpty();
        }

        @Test
        void mustAgreeWithTheRightOne() {
            assertThat(faults(with("'serivce_id':'other'")))
                    .extracting(Fault::key)
                    .containsExactly("serivce_id");
        }
    }

    @Nested
    class HealthCheckUrl {
        private HealthCheck check(String url) {
            return usable(read("{'service_id':'a','exec':'a','health_check':'" + url + "'}"))
                    .health()
                    .check();
        }

        @Test
        void hasFiveKinds() {
            assertThat(check("HTTPS://h/x")).isEqualTo(new HealthCheck.Http(URI.create("HTTPS://h/x")));
            assertThat(check("tcp://localhost:1883")).isEqualTo(new HealthCheck.Tcp("localhost", 1883));
            assertThat(check("tcp://[::1]:80")).isEqualTo(new HealthCheck.Tcp("::1", 80));
            assertThat(check("exec:bin/check")).isEqualTo(new HealthCheck.Exec("bin/check"));
            assertThat(check("process:")).isEqualTo(new HealthCheck.Alive());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "http://",
                    "http:///x",
                    "http:8080",
                    "http://h:99999/",
                    "http://h/a b",
                    "tcp://h",
                    "tcp://h:0",
                    "tcp://h:80/x",
                    "tcp://u@h:80",
                    "exec:",
                    "exec:a b",
                    "process:me",
                    "ftp://h",
                    "",
                    "8080",
                    "://"
                })
        void isOneFaultThatNamesIt(String url) {
            List<Fault> faults = faults(read("{'service_id':'a','exec':'a','health_check':'" + url + "'}"));
            assertThat(faults).hasSize(1);
            assertThat(faults.get(0).toString())
                    .startsWith("health_check: must ")
                    .endsWith(", was \"" + url + "\"");
        }
    }

    @Nested
    class Durations {
        @Test
        void aLongDelayAloneLiftsTheLongestOne() {
            Manifest.RestartRule rule = usable(with("'restart':{'delay':'5m'}")).restart();
            assertThat(rule.maxDelay()).isEqualTo(Duration.ofMinutes(5));
        }

        @Test
        void mayBeAYear() {
            assertThat(usable(with("'watchdog':'8760h'")).watchdog()).contains(Duration.ofDays(365));
        }
    }

    @Nested
    class KnownKeys {
        @Test
        void tellWhatIsRequiredAndTheDefaults() {
            assertThat(ManifestParser.knownKeys())
                    .contains(
                            new ManifestParser.KnownKey("exec", true, Optional.empty()),
                            new ManifestParser.KnownKey("restart.max_delay", false, Optional.of("60s")),
                            new ManifestParser.KnownKey("health.failures", false, Optional.of("3")));
        }

        @Test
        void areEachThereOnce() {
            assertThat(ManifestParser.knownKeys())
                    .extracting(ManifestParser.KnownKey::path)
                    .doesNotHaveDuplicates()
                    .hasSize(50);
        }
    }

    @Nested
    class OfAOneshot {
        private static final String ONESHOT = "'service_id':'job','exec':'run.sh','type':'oneshot'";

        @Test
        void needsNoHealthCheckAndIsNotTriedAgain() {
            Manifest manifest = usable(read("{" + ONESHOT + "}"));
            assertThat(manifest.oneshot()).contains(new Manifest.Oneshot(Optional.empty(), Optional.empty()));
            assertThat(manifest.health().check()).isEqualTo(new HealthCheck.Alive());
            assertThat(manifest.restart().policy()).isEqualTo(Manifest.RestartRule.Policy.NEVER);
        }

        @Test
        void hasATimeoutAndAPolicyIfItSaysSo() {
            Manifest manifest = usable(read("{" + ONESHOT + ",'run_timeout':'5m','restart':{'policy':'on-failure'}}"));
            assertThat(manifest.oneshot().orElseThrow().timeout()).contains(Duration.ofMinutes(5));
            assertThat(manifest.restart().policy()).isEqualTo(Manifest.RestartRule.Policy.ON_FAILURE);
        }

        @Test
        void isDueAtIntervals() {
            Manifest manifest =
                    usable(read("{" + ONESHOT + ",'schedule':{'every':'1h','jitter':'5m','catch_up':true}}"));
            assertThat(manifest.schedule())
                    .contains(new Manifest.ScheduleRule(
                            new Schedule.Every(Duration.ofHours(1)), Duration.ofMinutes(5), true));
        }

        @Test
        void isDueByACronExpression() {
            Manifest manifest =
                    usable(read("{" + ONESHOT + ",'schedule':{'cron':'30 2 * * 1-5','time_zone':'Europe/Berlin'}}"));
            Schedule cron = Schedule.Cron.parse("30 2 * * 1-5", ZoneId.of("Europe/Berlin"))
                    .orElseThrow();
            assertThat(manifest.schedule()).contains(new Manifest.ScheduleRule(cron, Duration.ZERO, false));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '"',
                value = {
                    "'schedule':{}|schedule|must have either every or cron",
                    "'schedule':{'every':'1h','cron':'0 2 * * *'}|schedule|must have either every or cron",
                    "'schedule':{'every':'10ms'}|schedule.every|must be a duration from",
                    "'schedule':{'cron':'0 0 30 2 *'}|schedule.cron|must have five fields",
                    "'schedule':{'cron':'0 2 * * *','time_zone':'Atlantis'}|schedule.time_zone|must be a time zone",
                    "'schedule':{'every':'1h','time_zone':'UTC'}|schedule.time_zone|must come with schedule.cron",
                    "'schedule':{'every':'1h','jitter':'2h'}|schedule.jitter|must not be longer than schedule.every",
                    "'ready':'spawn'|ready|must be left out of a oneshot",
                    "'watchdog':'5s'|watchdog|must be left out of a oneshot"
                })
        void isRefusedWithAReason(String key, String path, String expected) {
            List<Fault> faults = faults(read("{" + ONESHOT + "," + key + "}"));
            assertThat(faults).hasSize(1);
            assertThat(faults.get(0).key()).isEqualTo(path);
            assertThat(faults.get(0).expected()).startsWith(expected);
        }

        @Test
        void aServiceHasNoSchedule() {
            assertThat(faults(with("'schedule':{'every':'1h'}")))
                    .extracting(Fault::key, Fault::expected)
                    .containsExactly(tuple("schedule.every", "must come with \"type\":\"oneshot\""));
        }
    }

    @Nested
    class WithADottedKey {
        @Test
        void isRefusedAndShowsTheNestedForm() {
            assertThat(faults(with("'restart.policy':'never'")))
                    .extracting(Fault::key, Fault::expected)
                    .containsExactly(
                            tuple("restart.policy", "must be written as an object: \"restart\":{\"policy\":…}"));
        }

        @Test
        void isIgnoredWithAWarningWhereItIsInstalledAlready() {
            ManifestReading reading = ManifestParser.readInstalled(
                    "{\"service_id\":\"a\",\"exec\":\"x\",\"health_check\":\"process:\",\"restart.policy\":\"never\"}");
            assertThat(reading.ifUsable()).isPresent();
            assertThat(warnings(reading))
                    .containsExactly("key \"restart.policy\" is ignored: it must be written as an object:"
                            + " \"restart\":{\"policy\":…}");
        }
    }
}
