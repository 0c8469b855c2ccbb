// SPDX-License-Identifier: MIT
#include "proxy/identify.h"

#include "http/forwarded.h"

namespace reverxy::proxy {

namespace {

using http::FieldId;
using http::ForwardedReader;
using limit::IdentitySource;

/// The nodes of all lines of a field, the last line first, each from the right.
class FieldHops final : public limit::HopSource {
  public:
    FieldHops(const http::FieldList& fields, FieldId id)
        : m_fields(fields), m_id(id), m_line(fields.size()),
          m_syntax(id == FieldId::Forwarded ? ForwardedReader::Syntax::Forwarded
                                            : ForwardedReader::Syntax::XForwardedFor),
          m_reader({}, m_syntax) {}

    Hop next() override {
        std::string_view node;
        while (!m_reader.next(node)) {
            if (m_reader.malformed())
                return {true, false};
            do {
                if (m_line == 0)
                    return {};
                --m_line;
            } while (m_fields[m_line].id != m_id);
            m_reader = ForwardedReader(m_fields[m_line].value, m_syntax);
        }
        const auto address = http::parseForwardedNode(node);
        return address ? Hop{true, true, *address} : Hop{true, false};
    }

  private:
    const http::FieldList& m_fields;
    const FieldId m_id;
    size_t m_line;
    const ForwardedReader::Syntax m_syntax;
    ForwardedReader m_reader;
};

/// Both fields at once. A proxy that writes only one of them passes the other on as its client made it up, and
/// which of the two that is cannot be seen; so nothing counts that one of them denies. Where one ends sooner, for a
/// proxy on the way that does not know it, the other goes on alone.
class BothFieldsHops final : public limit::HopSource {
  public:
    explicit BothFieldsHops(const http::FieldList& fields)
        : m_classic(fields, FieldId::XForwardedFor), m_standard(fields, FieldId::Forwarded) {}

    Hop next() override {
        Hop classic = m_classic.next();
        const Hop standard = m_standard.next();
        if (!classic.present)
            return standard;
        if (standard.present)
            classic.contradicts = standard.valid != classic.valid || standard.address != classic.address;
        return classic;
    }

  private:
    FieldHops m_classic;
    FieldHops m_standard;
};

} // namespace

limit::ClientIdentity identifyRequest(const http::RequestHead& head, const IpAddress& peer,
                                      std::span<const CidrBlock> trusted) {
    if (trusted.empty()) {
        limit::ClientIdentity identity;
        identity.address = peer;
        return identity;
    }
    const bool classic = head.fields.find(FieldId::XForwardedFor) != nullptr;
    const bool standard = head.fields.find(FieldId::Forwarded) != nullptr;
    if (classic && standard) {
        BothFieldsHops hops(head.fields);
        return limit::identifyClient(peer, trusted, hops, IdentitySource::XForwardedFor);
    }
    FieldHops hops(head.fields, classic ? FieldId::XForwardedFor : FieldId::Forwarded);
    return limit::identifyClient(peer, trusted, hops,
                                 classic ? IdentitySource::XForwardedFor : IdentitySource::Forwarded);
}

} // namespace reverxy::proxy
