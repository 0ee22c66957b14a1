package io.efka.protocol.manifest;

import static io.efka.protocol.manifest.ManifestTexts.faults;
import static io.efka.protocol.manifest.ManifestTexts.read;
import static io.efka.protocol.manifest.ManifestTexts.warnings;
import static io.efka.protocol.manifest.ManifestTexts.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.efka.protocol.Fault;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong or odd in a manifest, and what is said of it. */
class ManifestFaultsTest {
    @Nested
    class OneFault {
        @ParameterizedTest(name = "{0}: {1}")
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                args            | 'args':'-x'                         | list of strings
                args[1]         | 'args':['a',7]                      | string
                args[0]         | 'args':['a\\u0000']                 | NUL
                health          | 'health':[]                         | object
                health.interval | 'health':{'interval':10}            | "10s"
                health.timeout  | 'health':{'timeout':'0s'}           | above 0
                health.start_period | 'health':{'start_period':'-1s'} | duration
                health.failures | 'health':{'failures':0}             | from 1 to 1000
                health.failures | 'health':{'failures':3.7}           | whole number
                health.failures | 'health':{'failures':1e999}         | whole number
                health.failures | 'health':{'failures':'3'}           | whole number
                health.on_unhealthy | 'health':{'on_unhealthy':'Restart'} | "restart", "report"
                ready           | 'ready':'soon'                      | "spawn", "health", "channel"
                ready_timeout   | 'ready_timeout':'1w'                | duration
                watchdog        | 'watchdog':null                     | duration
                restart         | 'restart':'always'                  | object
                restart.policy  | 'restart':{'policy':'on_failure'}   | "on-failure"
                restart.stable  | 'restart':{'stable':'10'}           | duration
                restart.delay   | 'restart':{'delay':'1.5s'}          | duration
                restart.max_delay | 'restart':{'max_delay':'999999h'} | 365d
                restart.max_delay | 'restart':{'delay':'2m','max_delay':'1m'} | shorter than restart.delay
                restart.limit   | 'restart':{'limit':1001}            | from 0 to 1000
                restart.limit   | 'restart':{'limit':-1}              | from 0 to 1000
                restart.limit   | 'restart':{'limit':99999999999999999999} | from 0 to 1000
                restart.window  | 'restart':{'window':'0m'}           | above 0
                stop.exec       | 'stop':{'exec':'a b'}               | without spaces
                stop.args       | 'stop':{'args':['x']}               | with stop.exec
                stop.args       | 'stop':{'exec':'a','args':'x'}      | list of strings
                stop.signal     | 'stop':{'signal':'SIGFOO'}          | TERM
                stop.signal     | 'stop':{'signal':15}                | TERM
                stop.grace      | 'stop':{'grace':'ten'}              | duration
                env             | 'env':['A=b']                       | object of strings
                env.A           | 'env':{'A':1}                       | string
                env.A=b         | 'env':{'A=b':'c'}                   | without =
                env.            | 'env':{'':'c'}                      | name
                env.EFKA_RUN    | 'env':{'EFKA_RUN':'c'}              | EFKA_
                env.EFKA_SIDE   | 'env':{'EFKA_SIDE':'c'}             | EFKA_
                env.EFKA_PASSWORD | 'env':{'EFKA_PASSWORD':'c'}       | EFKA_
                user            | 'user':'a:b'                        | /etc/passwd
                user            | 'user':'--help'                     | /etc/passwd
                user            | 'user':'4294967295'                 | 4294967294
                user            | 'user':'99999999999'                | 4294967294
                group           | 'group':7                           | /etc/group
                group           | 'group':'4294967295'                | 4294967294
                umask           | 'umask':22                          | "0022"
                umask           | 'umask':'0888'                      | octal
                umask           | 'umask':'7777'                      | octal
                limits          | 'limits':null                       | object
                limits.memory   | 'limits':{'memory':0}               | from 1
                limits.memory   | 'limits':{'memory':'64 Mib'}        | size
                limits.memory   | 'limits':{'memory':'999999999999999GB'} | size
                limits.cpu      | 'limits':{'cpu':0}                  | above 0
                limits.cpu      | 'limits':{'cpu':1e999}              | up to 1024
                limits.cpu      | 'limits':{'cpu':'half'}             | number
                limits.pids     | 'limits':{'pids':0}                 | from 1
                limits.nofile   | 'limits':{'nofile':true}            | whole number
                limits.core     | 'limits':{'core':-1}                | size
                after           | 'after':'db'                        | list of service ids
                after[0]        | 'after':['../db']                   | A-Z a-z 0-9
                after           | 'after':['camera']                  | itself
                after           | 'after':['db','db']                 | once
                output.keep     | 'output':{'keep':1}                 | from 4096
                output.rate     | 'output':{'rate':-5}                | from 0
                output.linger   | 'output':{'linger':50}              | "0s"
                output.batch    | 'output':{'batch':0}                | from 1 to 65536
                output.batch    | 'output':{'batch':'65KiB'}          | from 1 to 65536
                output.stderr   | 'output':{'stderr':'both'}          | "separate", "merge"
                on_agent_exit   | 'on_agent_exit':'stay'              | "stop", "keep"
                autostart       | 'autostart':'yes'                   | true or false
                autostart       | 'autostart':true,'autostart':true   | once
                restart.delay   | 'restart':{'delay':'1s','delay':'2s'} | once
                """)
        void namesKeyValueAndExpectation(String key, String json, String expectation) {
            List<Fault> faults = faults(with(json));

            assertThat(faults).hasSize(1);
            assertThat(faults.get(0).key()).isEqualTo(key);
            assertThat(faults.get(0).expected()).startsWith("must ").contains(expectation);
            assertThat(faults.get(0).value()).isNotBlank();
        }

        @ParameterizedTest(name = "{0} {1}")
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                service_id   | {'exec':'a','health_check':'process:'}                        | missing
                service_id   | {'service_id':5,'exec':'a','health_check':'process:'}         | 5
                service_id   | {'service_id':'a/b','exec':'a','health_check':'process:'}     | "a/b"
                service_id   | {'service_id':'..','exec':'a','health_check':'process:'}      | ".."
                service_id   | {'service_id':'','exec':'a','health_check':'process:'}        | ""
                exec         | {'service_id':'a','health_check':'process:'}                  | missing
                exec         | {'service_id':'a','exec':'','health_check':'process:'}        | ""
                exec         | {'service_id':'a','exec':'a b','health_check':'process:'}     | "a b"
                exec         | {'service_id':'a','exec':['a'],'health_check':'process:'}     | ["a"]
                exec         | {'service_id':'a','exec':'a\\u0000','health_check':'process:'} | "a\\u0000"
                exec         | {'service_id':'a','exec':null,'health_check':'process:'}      | null
                health_check | {'service_id':'a','exec':'a'}                                 | missing
                health_check | {'service_id':'a','exec':'a','health_check':{}}               | {}
                """)
        void ofARequiredKeyShowsWhatIsThere(String key, String json, String value) {
            assertThat(faults(read(json)))
                    .extracting(Fault::key, Fault::value)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(key, value));
        }

        @Test
        void cutsALongValue() {
            assertThat(faults(with("'ready':'" + "x".repeat(10_000) + "'"))
                            .get(0)
                            .value())
                    .hasSizeLessThan(130);
        }
    }

    @Nested
    class ManyFaults {
        @Test
        void areAllListed() {
            assertThat(faults(read("{'args':'x','restart':{'delay':1,'policy':2},'after':['/'],'autostart':0}")))
                    .extracting(Fault::key)
                    .containsExactlyInAnyOrder(
                            "service_id",
                            "exec",
                            "health_check",
                            "args",
                            "restart.delay",
                            "restart.policy",
                            "after[0]",
                            "autostart");
        }

        @Test
        void beyondAHundredAreCounted() {
            List<Fault> faults = faults(with("'args':[" + "1,".repeat(149) + "1]"));
            assertThat(faults).hasSize(101);
            assertThat(faults.get(100).value()).isEqualTo("50 more faults");
        }
    }

    @Nested
    class UnknownKey {
        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                'arg':[]                | arg            | args
                'autoStart':true        | autoStart      | autostart
                'healthCheck':1         | healthCheck    | health_check
                'helth':{}              | helth          | health
                'restart':{'dealy':1}   | restart.dealy  | restart.delay
                'restart':{'maxDelay':1} | restart.maxDelay | restart.max_delay
                'delay':1               | delay          | restart.delay
                'output':{'autostart':1} | output.autostart | autostart
                """)
        void isAWarningThatGuesses(String json, String key, String guess) {
            assertThat(warnings(with(json)))
                    .containsExactly("unknown key \"" + key + "\" is ignored; did you mean \"" + guess + "\"?");
        }

        @Test
        void likeNoneIsOnlyNamed() {
            assertThat(warnings(with("'description':'the camera'")))
                    .containsExactly("unknown key \"description\" is ignored");
        }

        @Test
        void ofAnyLengthIsShownShort() {
            assertThat(warnings(with("'" + "k".repeat(100_000) + "':1")).get(0)).hasSizeLessThan(120);
        }

        @Test
        void beyondAHundredAreCounted() {
            var json = new StringBuilder("'x0':0");
            for (int i = 1; i < 120; i++) json.append(",'x").append(i).append("':0");
            assertThat(warnings(with(json.toString()))).hasSize(101).last().isEqualTo("and 20 more warnings");
        }
    }
}
