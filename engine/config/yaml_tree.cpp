// SPDX-License-Identifier: MIT
#include "config/yaml_tree.h"

#include "config/character_offsets.h"
#include "config/scalar.h"

#include <yaml.h>

#include <algorithm>
#include <unordered_map>

namespace reverxy::config {

namespace {

constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view coreTags = "tag:yaml.org,2002:";

std::string_view viewOf(const yaml_char_t* text) {
    return text ? reinterpret_cast<const char*>(text) : std::string_view();
}

class Event {
  public:
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    ~Event() { yaml_event_delete(&m_event); }

    yaml_event_t* operator->() { return &m_event; }

    yaml_event_t* address() { return &m_event; }

  private:
    yaml_event_t m_event{};
};

class TreeBuilder {
  public:
    explicit TreeBuilder(std::string_view text)
        : m_text(text), m_skipped(text.starts_with(byteOrderMark) ? byteOrderMark.size() : 0),
          m_offsets(text.substr(m_skipped)) {
        m_ready = yaml_parser_initialize(&m_parser) == 1;
        if (!m_ready)
            return;
        // Fixed, so that bytes in another encoding are an error with a place and never guessed at. The parser then
        // no longer looks for a byte order mark, so it starts behind one.
        yaml_parser_set_encoding(&m_parser, YAML_UTF8_ENCODING);
        std::string_view input = text.substr(m_skipped);
        if (input.empty())
            input = ""; // libyaml asserts that there is a pointer, even to nothing
        yaml_parser_set_input_string(&m_parser, reinterpret_cast<const unsigned char*>(input.data()), input.size());
    }

    ~TreeBuilder() {
        if (m_ready)
            yaml_parser_delete(&m_parser);
    }

    TreeBuilder(const TreeBuilder&) = delete;
    TreeBuilder& operator=(const TreeBuilder&) = delete;

    YamlTree build() {
        m_tree.complete = m_ready ? readStream() : fail({}, "there is not enough memory to read the file");
        return std::move(m_tree);
    }

  private:
    Mark markOf(const yaml_mark_t& mark) const {
        return {static_cast<unsigned>(mark.line) + 1, static_cast<unsigned>(mark.column) + 1,
                m_skipped + m_offsets.byteOf(mark.index)};
    }

    void report(const Mark& at, std::string message) {
        m_tree.problems.push_back({at, m_path, std::move(message)});
    }

    /// Lengthens the path by a key, which may be anything; returns where it ended before.
    size_t enter(std::string_view key) {
        const size_t before = m_path.size();
        const std::string shown = quoted(key);
        m_path += (before > 0 ? "." : "") + shown.substr(1, shown.size() - 2);
        return before;
    }

    bool fail(const Mark& at, std::string message) {
        report(at, std::move(message));
        return false;
    }

    bool next(Event& event) {
        if (yaml_parser_parse(&m_parser, event.address()) == 1)
            return true;
        return failOfParser();
    }

    bool failOfParser() {
        const std::string what = m_parser.problem ? m_parser.problem : "unknown problem";
        if (m_parser.error == YAML_MEMORY_ERROR)
            return fail({}, "there is not enough memory to read the file");
        if (m_parser.error == YAML_READER_ERROR) {
            const Mark at = m_offsets.markOfByte(m_parser.problem_offset);
            const bool control = what.find("control") != std::string::npos;
            return fail({at.line, at.column, at.offset + m_skipped},
                        control ? "holds a control character, which YAML does not allow: remove it"
                                : "is not UTF-8: save the file in that encoding");
        }
        const Mark at = markOf(m_parser.problem_mark);
        if (at.offset < m_text.size() && m_text[at.offset] == '\t')
            return fail(at, "is not valid YAML: a tab stands where spaces must: indent with spaces");
        std::string message = "is not valid YAML: " + what;
        if (m_parser.context)
            message += std::string(" ") + m_parser.context;
        if (m_parser.context && m_parser.context_mark.line != m_parser.problem_mark.line)
            message += " that began in line " + std::to_string(m_parser.context_mark.line + 1);
        if (lineAround(at.offset).find("::") != std::string_view::npos)
            message += "; an IPv6 address stands in quotes, as \"::1\"";
        return fail(at, message);
    }

    std::string_view lineAround(size_t offset) const {
        const size_t end = std::min(m_text.find('\n', offset), m_text.size());
        const size_t before = offset == 0 ? std::string_view::npos : m_text.rfind('\n', offset - 1);
        const size_t start = before == std::string_view::npos ? 0 : before + 1;
        return m_text.substr(start, end - start);
    }

    bool readStream() {
        while (true) {
            Event event;
            if (!next(event))
                return false;
            switch (event->type) {
            case YAML_STREAM_END_EVENT:
                return true;
            case YAML_DOCUMENT_START_EVENT:
                if (m_documents++ > 0)
                    return fail(markOf(event->start_mark),
                                "a second document begins here: a configuration is one document, so remove this "
                                "line and join the two");
                break;
            case YAML_STREAM_START_EVENT:
            case YAML_DOCUMENT_END_EVENT:
            case YAML_NO_EVENT:
                break;
            default:
                if (!readNode(event, m_tree.root, 0))
                    return false;
            }
        }
    }

    /// `event` opens the node; on return its last event was read.
    bool readNode(Event& event, Node& node, size_t depth) {
        node.start = markOf(event->start_mark);
        node.end = markOf(event->end_mark);
        if (++m_nodes > mostNodes)
            return fail(node.start,
                        "is too full: a configuration has at most " + std::to_string(mostNodes) + " values");
        if (depth > deepestNesting)
            return fail(node.start,
                        "is nested too deep: at most " + std::to_string(deepestNesting) + " levels are read");
        switch (event->type) {
        case YAML_ALIAS_EVENT:
            report(node.start, "uses an alias (`*`), which is not supported: write the value out again");
            node.kind = Node::Kind::Invalid;
            return true;
        case YAML_SCALAR_EVENT:
            readScalar(event, node);
            return true;
        case YAML_SEQUENCE_START_EVENT:
            node.kind = Node::Kind::Sequence;
            checkProperties(node, event->data.sequence_start.anchor, event->data.sequence_start.tag, "seq");
            return readItems(node, depth);
        default:
            node.kind = Node::Kind::Mapping;
            checkProperties(node, event->data.mapping_start.anchor, event->data.mapping_start.tag, "map");
            return readEntries(node, depth);
        }
    }

    void readScalar(Event& event, Node& node) {
        const auto& scalar = event->data.scalar;
        node.text.assign(reinterpret_cast<const char*>(scalar.value), scalar.length);
        node.quotedText = scalar.style != YAML_PLAIN_SCALAR_STYLE;
        node.kind = Node::Kind::Scalar;
        std::string_view tag = viewOf(scalar.tag);
        if (tag == "!" || tag == "tag:yaml.org,2002:str") {
            node.quotedText = true;
            tag = {};
        }
        const bool plain = !node.quotedText;
        if (plain && (node.text.empty() || node.text == "~" || node.text == "null" || node.text == "Null" ||
                      node.text == "NULL"))
            node.kind = Node::Kind::Null;
        const bool known = tag.empty() || tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:bool" ||
                           tag == "tag:yaml.org,2002:null" || tag == "tag:yaml.org,2002:float";
        if (!known)
            refuseTag(node, tag);
        if (scalar.anchor)
            refuseAnchor(node);
    }

    void checkProperties(Node& node, const yaml_char_t* anchor, const yaml_char_t* tag, std::string_view expected) {
        const std::string_view written = viewOf(tag);
        if (!written.empty() && written != std::string(coreTags).append(expected))
            refuseTag(node, written);
        if (anchor)
            refuseAnchor(node);
    }

    void refuseTag(Node& node, std::string_view tag) {
        report(node.start, "has the tag " + quoted(tag) + ", which means nothing here: remove it");
        node.kind = Node::Kind::Invalid;
    }

    /// The value itself is fine, so that reading goes on with it.
    void refuseAnchor(Node& node) {
        report(node.start,
               "has an anchor (`&`), which is not supported: remove it and write the value out where it is used");
    }

    bool readItems(Node& node, size_t depth) {
        while (true) {
            Event event;
            if (!next(event))
                return false;
            if (event->type == YAML_SEQUENCE_END_EVENT) {
                node.end = markOf(event->end_mark);
                return true;
            }
            const size_t outside = m_path.size();
            m_path += "[" + std::to_string(node.items.size()) + "]";
            node.items.emplace_back();
            if (!readNode(event, node.items.back(), depth + 1))
                return false;
            m_path.resize(outside);
        }
    }

    bool readEntries(Node& node, size_t depth) {
        std::unordered_map<std::string, unsigned> lineOfKey;
        while (true) {
            Event event;
            if (!next(event))
                return false;
            if (event->type == YAML_MAPPING_END_EVENT) {
                node.end = markOf(event->end_mark);
                return true;
            }
            Node key;
            if (!readNode(event, key, depth + 1))
                return false;
            Event valueEvent;
            if (!next(valueEvent))
                return false;
            Node value;
            const size_t outside = enter(key.text);
            if (!readNode(valueEvent, value, depth + 1))
                return false;
            const std::string path = m_path;
            m_path.resize(outside);
            if (key.kind == Node::Kind::Invalid)
                continue;
            if (key.kind == Node::Kind::Sequence || key.kind == Node::Kind::Mapping) {
                report(key.start, "is no key: write a name, then a colon");
                continue;
            }
            const auto [first, isNew] = lineOfKey.emplace(key.text, key.start.line);
            if (!isNew) {
                m_tree.problems.push_back(
                    {key.start, path,
                     "was already written in line " + std::to_string(first->second) + ": keep one of the two"});
                continue;
            }
            value.key = std::move(key.text);
            value.keyStart = key.start;
            value.keyEnd = key.end;
            node.items.push_back(std::move(value));
        }
    }

    std::string_view m_text;
    size_t m_skipped;
    CharacterOffsets m_offsets;
    yaml_parser_t m_parser{};
    bool m_ready = false;
    unsigned m_documents = 0;
    size_t m_nodes = 0;
    std::string m_path; // of what is being read
    YamlTree m_tree;
};

} // namespace

YamlTree parseYaml(std::string_view text) {
    if (text.size() > longestDocument) {
        YamlTree tree;
        tree.problems.push_back({{}, {}, "is too long: a configuration has at most 4 MiB"});
        return tree;
    }
    return TreeBuilder(text).build();
}

} // namespace reverxy::config
