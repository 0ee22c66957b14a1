package io.efka.fleet.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrowserBrokerTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ws://a:9001|ws://a:9001|",
                "wss://a:443/x/y|wss://a:443/x/y|",
                "tcp://a:1883 ws://b:80|ws://b:80|",
                "tcp://a:1884|ws://a:9001/mqtt|tcp://a:1884",
                "tcp://a:1883 ssl://b:8883|ws://a:9001/mqtt|tcp://a:1883",
                "ssl://a:8883|wss://a:8084/mqtt|ssl://a:8883",
                "tcp://[::1]:1883|ws://[::1]:9001/mqtt|tcp://[::1]:1883",
            })
    void anAddressForABrowserIsFoundOrElseGuessed(String brokers, URI uri, URI guessedFrom) {
        BrowserBroker found = BrowserBroker.of(
                Arrays.stream(brokers.split(" ")).map(URI::create).toList());

        assertThat(found).isEqualTo(new BrowserBroker(uri, Optional.ofNullable(guessedFrom)));
    }
}
