// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

namespace reverxy::ui {

/// One line of text that gives way when there is no room: its middle or end is left out, and a tooltip has all of
/// it. Its size does not follow its text, so that nothing around it moves, unless it is told to.
class ElidedLabel : public QWidget {
    Q_OBJECT
  public:
    explicit ElidedLabel(QWidget* parent = nullptr);

    void setText(const QString& text);

    QString text() const { return m_text; }

    /// A tooltip beyond the whole text.
    void setNote(const QString& note);
    void setElideMode(Qt::TextElideMode mode);
    /// Secondary text in a paler colour.
    void setMuted(bool muted);
    /// The width it asks for, in characters; it may be given less, but not under `least`. 0 asks for what the text
    /// needs.
    void setCharacters(int wanted, int least);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    QSize sizeOf(int characters) const;

    QString m_text;
    QString m_note;
    Qt::TextElideMode m_mode = Qt::ElideRight;
    bool m_muted = false;
    int m_wanted = 20;
    int m_least = 6;
};

} // namespace reverxy::ui
