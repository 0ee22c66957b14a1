package io.efka.fleet.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.efka.fleet.view.Target;
import io.efka.protocol.FleetTopics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentIdTest {
    private static final FleetTopics TOPICS = new FleetTopics("a/b");

    @ParameterizedTest
    @CsvSource({"gate7/base, a/b/gate7/desired/base, device", "@all/base, a/b/group/all/desired/base, group/all"})
    void itIsTypedAsATargetIs(String text, String topic, String source) {
        DocumentId id = DocumentId.parse(text);

        assertThat(id).hasToString(text);
        assertThat(id.topic(TOPICS)).isEqualTo(topic);
        assertThat(id.source()).isEqualTo(source);
        assertThat(DocumentId.ofTopic(TOPICS, topic)).contains(id);
        assertThat(id.isOf(Target.ALL)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "a/b/c", "gate*/base", "group/base", "@all/", "@/base", "/base", "gate7/ba se"})
    void whatIsNoneIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> DocumentId.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a/b/gate7/desired",
                "a/b/gate7/desired/x/y",
                "a/b/gate7/reported/x",
                "a/b/group/all/desired",
                "a/b/group/all/cmd/x",
                "a/b/ga te/desired/x",
                "a/gate7/desired/x",
                "a/b/group/desired/x"
            })
    void otherTopicsAreNone(String topic) {
        assertThat(DocumentId.ofTopic(TOPICS, topic)).isEmpty();
    }

    @Test
    void aGroupsDocumentsAreNotThoseOfItsDevices() {
        assertThat(DocumentId.parse("@all/x").isOf(Target.parse("@all"))).isTrue();
        assertThat(DocumentId.parse("@all/x").isOf(Target.parse("@berlin"))).isFalse();
        assertThat(DocumentId.parse("gate7/x").isOf(Target.parse("@all"))).isFalse();
        assertThat(DocumentId.parse("gate7/x").isOf(Target.parse("gate*"))).isTrue();
        assertThat(DocumentId.parse("@all/x").isOf(Target.parse("gate*"))).isFalse();
    }
}
