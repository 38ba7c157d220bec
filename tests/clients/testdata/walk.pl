# The walk with Perl: walk.pl CLIENT URL USER PASSWORD. CLIENT is RPC::XML or
# Frontier::Client. Both keep the types of what they receive, so that the JSON
# shows whether a number came as a number.
use strict;
use warnings;
use utf8;
use JSON::PP;

my ($with, $url, $user, $password) = @ARGV;
$url =~ s{://}{://$user:$password\@};
my $json = JSON::PP->new->utf8;

# connect_rpc_xml answers a function that makes a call.
sub connect_rpc_xml {
	require RPC::XML::Client;
	no warnings 'once';
	$RPC::XML::ENCODING = 'utf-8';
	my $client = RPC::XML::Client->new("$url/RPC2", error_handler => sub { die "$_[0]\n" });
	return sub {
		my ($refused, $method, @params) = @_;
		return $client->send_request($method, @params);
	};
}

sub connect_frontier {
	require Frontier::Client;
	my $client = Frontier::Client->new(url => "$url/RPC2", use_objects => 1);
	# A fault comes as a text, which holds code and text only without objects.
	my $plain = Frontier::Client->new(url => "$url/RPC2");
	return sub {
		my ($refused, $method, @params) = @_;
		@params = map { plain_frontier($client, $_) } @params;
		return $client->call($method, @params) unless $refused;
		eval { $plain->call($method, @params) };
		$@ =~ /fault code (\d+): (.*)\n/ or die "no fault but: $@\n";
		return { code => $1 + 0, text => $2 };
	};
}

# plain_frontier gives a parameter the type that this client cannot guess.
sub plain_frontier {
	my ($client, $value) = @_;
	return $client->boolean(1) if JSON::PP::is_bool($value);
	return $value;
}

# shown makes JSON's values of a client's.
sub shown {
	my ($v) = @_;
	my $type = ref $v;
	return $v unless $type;
	return { code => $v->code + 0, text => $v->string } if $type eq 'RPC::XML::fault';
	return $v->value + 0 if $type =~ /^(RPC::XML::(int|i4)|Frontier::RPC2::Integer)$/;
	return $v->value ? JSON::PP::true : JSON::PP::false if $type =~ /^(RPC::XML::boolean|Frontier::RPC2::Boolean)$/;
	return '' . $v->value if $type =~ /^(RPC::XML::string|Frontier::RPC2::String)$/;
	return [map { shown($_) } @$v] if $type eq 'ARRAY' || $type eq 'RPC::XML::array';
	if ($type eq 'HASH' || $type eq 'RPC::XML::struct') {
		return { map { $_ => shown($v->{$_}) } keys %$v };
	}
	return $v if JSON::PP::is_bool($v);
	die "a $type came\n";
}

my $call = $with eq 'RPC::XML' ? connect_rpc_xml() : connect_frontier();
my $yes = $with eq 'RPC::XML' ? RPC::XML::boolean->new(1) : JSON::PP::true;
my @steps = (
	identification => ['supervisor.getIdentification'],
	api            => ['supervisor.getAPIVersion'],
	version        => ['supervisor.getSupervisorVersion'],
	state          => ['supervisor.getState'],
	methods        => ['system.listMethods'],
	signature      => ['system.methodSignature', 'supervisor.startProcess'],
	all            => ['supervisor.getAllProcessInfo'],
	info           => ['supervisor.getProcessInfo', 'web'],
	log            => ['supervisor.readProcessStdoutLog', 'talk', 0, 0],
	empty          => ['supervisor.readProcessStderrLog', 'talk', -1000, 0],
	tail           => ['supervisor.tailProcessStdoutLog', 'talk', 0, 1000],
	stdin          => ['supervisor.sendProcessStdin', 'talk', qq(grüße <1> & "2"\n)],
	stopped        => ['supervisor.stopProcess', 'web'],
	again          => ['supervisor.stopProcess', 'web'],
	started        => ['supervisor.startProcess', 'web', $yes],
	group_stopped  => ['supervisor.stopProcessGroup', 'pair'],
	group_started  => ['supervisor.startProcessGroup', 'pair', $yes],
	signalled      => ['supervisor.signalProcess', 'web', 'CONT'],
	unknown        => ['supervisor.getProcessInfo', 'nobody'],
	multicall      => ['system.multicall', [
		{ methodName => 'supervisor.getAPIVersion', params => [] },
		{ methodName => 'supervisor.getProcessInfo', params => ['nobody'] },
	]],
	reread         => ['supervisor.reloadConfig'],
	added          => ['supervisor.addProcessGroup', 'later'],
	running        => ['supervisor.removeProcessGroup', 'later'],
	later_stopped  => ['supervisor.stopProcess', 'later:*'],
	removed        => ['supervisor.removeProcessGroup', 'later'],
);

# The calls that should end in a fault.
my %refused = map { $_ => 1 } qw(again unknown running);

my %answers;
while (my ($name, $step) = splice @steps, 0, 2) {
	$answers{$name} = shown($call->($refused{$name}, @$step));
}
print $json->encode(\%answers);
