package io.efka.fleet.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentTest {
    private static Document document(String json) {
        return Document.parse(json.getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "\"x\"", "{", "{\"a\":}", "{} {}", "{'a':1}", "{a:1}"})
    void onlyAnObjectIsOne(String text) {
        assertThat(Document.parse(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }

    @Test
    void whatIsOfAnotherTypeIsNotThere() {
        Document odd = document("{\"text\":1,\"number\":\"1\",\"flag\":\"true\",\"at\":\"yesterday\",\"object\":[],"
                + "\"list\":{\"a\":1},\"null\":null}");

        assertThat(odd.text("text")).isEmpty();
        assertThat(odd.number("number")).isEmpty();
        assertThat(odd.flag("flag")).isFalse();
        assertThat(odd.instant("at")).isEmpty();
        assertThat(odd.object("object")).isEqualTo(Document.EMPTY);
        assertThat(odd.texts("list")).isEmpty();
        assertThat(odd.objects("list")).isEmpty();
        assertThat(odd.has("null")).isFalse();
        assertThat(odd.has("nothing")).isFalse();
        assertThat(odd.text("nothing")).isEmpty();
    }

    @Test
    void whatIsAsItShouldBeIsRead() {
        Document good = document("{\"text\":\"a\",\"number\":12.0,\"flag\":true,\"at\":\"2026-11-27T10:00:00Z\","
                + "\"object\":{\"a\":\"b\"},\"list\":[\"x\",7,null,{\"a\":\"y\"}]}");

        assertThat(good.text("text")).contains("a");
        assertThat(good.number("number")).hasValue(12);
        assertThat(good.flag("flag")).isTrue();
        assertThat(good.instant("at")).contains(Instant.parse("2026-11-27T10:00:00Z"));
        assertThat(good.object("object").text("a")).contains("b");
        assertThat(good.texts("list")).containsExactly("x");
        assertThat(good.objects("list")).hasSize(1);
    }

    @Test
    @Timeout(5)
    void hostileNumbersTakeNoTime() {
        Document hostile =
                document("{\"a\":1e999999999,\"b\":-1e999999999,\"c\":1e-999999999,\"d\":99999999999999999999}");

        assertThat(hostile.number("a")).isEmpty();
        assertThat(hostile.number("b")).isEmpty();
        assertThat(hostile.number("c")).isEmpty();
        assertThat(hostile.number("d")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "+1000000000-12-31T23:59:59.999999999Z",
                "-1000000000-01-01T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "-0001-01-01T00:00:00Z"
            })
    void noTimeIsSoFarAwayThatItCannotBeCalculatedWith(String text) {
        assertThat(document("{\"at\":\"" + text + "\"}").instant("at")).isEmpty();
    }
}
